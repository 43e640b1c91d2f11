import subprocess
import sys


def test_without_torch_one_sentence_says_what_to_install():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "try:\n    import losscompass.functional\n"
        "except ModuleNotFoundError as refused:\n    print(refused)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == 'losscompass.functional needs PyTorch: pip install "losscompass[torch]"'
    assert done.stderr == ""


def test_the_product_does_not_load_torch():
    code = "import losscompass, losscompass.cli, losscompass.api, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
