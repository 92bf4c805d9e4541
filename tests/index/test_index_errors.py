import re

from index import CitewiseError, errors


def test_the_tree_is_as_it_is_drawn():
    drawn = re.findall(r"^([│├└─ ]*)(\w+Error) ", errors.__doc__, re.MULTILINE)
    parents, path = {}, [Exception]
    for indent, name in drawn:
        kind = getattr(errors, name)
        del path[1 + len(indent) // 4 :]
        parents[kind] = path[-1]
        path.append(kind)
    assert {kind: kind.__base__ for kind in parents} == parents
    assert CitewiseError in parents
    written = [value for value in vars(errors).values() if isinstance(value, type)]
    assert set(written) == set(parents)
