// The page as a file: the data stand in it. (Served live, another start hands `showDiagnosis` what it is sent.)

showDiagnosis(document.getElementById('page'), JSON.parse(document.getElementById('diagnosis').textContent));
