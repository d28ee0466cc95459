"""Golden pictures: one small scene per feature of the rendering core, and the picture that it gave when somebody looked at it.

python -m tests.golden                     how far each picture is from its golden one
python -m tests.golden --rewrite [NAME]    draws all, or one, anew: look at them before they are committed
python -m tests.golden --sheet FILE.png    all golden pictures in one
"""
