# Runs the core's own tests on any interpreter: every test_ function of every module named in modules.txt.
import gc

gc.disable()

with open("modules.txt") as f:
    names = f.read().split()
for name in names:
    module = __import__(name)
    for key in sorted(dir(module)):
        if key.startswith("test_"):
            getattr(module, key)()
            print(name, key)
