# What the host wants done before main.py is run: a session with Session.guest puts its text in the place of this file.
