"""Each arrow between the folders points one way; only the command line puts all together."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {"index": set(), "rag": {"index"}, "ui": {"eval", "rag", "index"}, "eval": {"rag", "index"}}
PUTS_TOGETHER = Path("rag/cli.py")


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_arrows_point_one_way(package):
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    wrong = [f"{module.relative_to(ROOT)}:{line} imports {name}" for module in modules for name, line in _wrong_imports(module, package)]
    assert wrong == []


def test_finds_wrong_arrows():
    assert list(_imports(ast.parse("import eval.measures"))) == [("eval", 1, False)]
    assert list(_imports(ast.parse("def f():\n    from ui import chat"))) == [("ui", 2, True)]
    assert list(_imports(ast.parse("class A:\n    from ui import chat"))) == [("ui", 2, False)]
    assert list(_imports(ast.parse("from . import x"))) == []
    assert list(_imports(ast.parse("from os import path, sep"))) == [("os", 1, False)]


def _wrong_imports(module: Path, package: str) -> Iterator[tuple[str, int]]:
    ours = set(MAY_IMPORT)
    allowed = MAY_IMPORT[package] | {package}
    for name, line, in_function in _imports(ast.parse(module.read_text(encoding="utf-8"))):
        together = module.relative_to(ROOT) == PUTS_TOGETHER and in_function
        if name in ours - allowed and not together:
            yield name, line


def _imports(node: ast.AST, in_function: bool = False) -> Iterator[tuple[str, int, bool]]:
    """First name of each imported module, its line, and whether it is imported inside a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name.split(".")[0], child.lineno, in_function) for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.level == 0 and child.module:
            yield child.module.split(".")[0], child.lineno, in_function
        else:
            yield from _imports(child, in_function or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))
