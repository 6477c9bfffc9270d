# For hooks.py, which a session may fill: put something else in the place of a function or method of the
# firmware, by its name. A name that is not there ends the start with an ImportError or AttributeError.


def find(module, name):
    """(owner, last part of the name) of "function" or "Class.method" of a module of the firmware."""
    owner = __import__(module, None, None, ("*",))
    path = name.split(".")
    for part in path[:-1]:
        owner = getattr(owner, part)
    getattr(owner, path[-1])
    return owner, path[-1]


def take(module, name):
    """The function or method that is there now."""
    owner, last = find(module, name)
    return getattr(owner, last)


def put(module, name, function):
    """Put another in its place."""
    owner, last = find(module, name)
    setattr(owner, last, function)
