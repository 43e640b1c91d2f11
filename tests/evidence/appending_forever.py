"""A program that records as fast as it can and says what it has recorded: to be killed.

argv: journal, values a row. Before each row the reader of its output may take as written all that it has acknowledged.
"""

import os
import sys

from losscompass.evidence.recorder import Recorder

path, columns = sys.argv[1], int(sys.argv[2])
recorder = Recorder(path)
row = recorder.layout([f"value {number}" for number in range(columns)])
step = 0
while True:
    row(step, *(float(step + number) for number in range(columns)))
    if step % 50 == 0:
        recorder.event("fifty", step, {"text": "x" * (step % 700)})
    os.write(1, step.to_bytes(8, "little"))  # acknowledged: it must be readable from now on
    step += 1
