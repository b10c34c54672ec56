"""The table of languages: file endings, grammar, blocks of statements, and how a definition looks to `git grep`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Query

_BRACED = frozenset(("block", "statement_block", "compound_statement", "class_body", "program"))


@dataclass(frozen=True, slots=True)
class Language:
    """One language. name: also its query file's; module, entry: where the grammar is.

    blocks: node types whose children are statements. defines: POSIX extended patterns with `NAME` in them
    for the line that defines a function or a class.
    """

    name: str
    module: str
    endings: tuple[str, ...]
    defines: str
    blocks: frozenset[str] = _BRACED
    entry: str = "language"
    query: str = ""


def _ere(pattern: str) -> str:
    """POSIX extended from a shorter spelling: `_+` and `_*` are white space, `\\w`, `\\<`, `\\>` those of a name."""
    for short, long in ((r"\w", "[[:alnum:]_]"), (r"\>", "([^[:alnum:]_]|$)"), (r"\<", "(^|[^[:alnum:]_$])"),
                        ("_+", "[[:space:]]+"), ("_*", "[[:space:]]*"), (r"\s", "[[:space:]]")):  # fmt: skip
        pattern = pattern.replace(short, long)
    return pattern


# A method of the languages of C's kind: modifiers and types, then the name and its parameters.
_METHOD = r"^_*([^=;(){}]*[[:space:]*&])?NAME_*(<[^>]*>)?\("
_SCRIPT = (
    r"\<(function_*[*]?_*NAME\>|(class|enum|interface|namespace)_+NAME\>|(const|let|var)_+NAME_*[=:])"
    r"|(^|[.[:space:]])NAME_*[=:]_*(async_*)?(function|\(|\w+_*=>)"
    r"|^_*([[:alpha:]]+_+)*[*#]?NAME_*(<[^>]*>)?\("
)

LANGUAGES = (
    Language("python", "tree_sitter_python", (".py", ".pyi", ".pyx"),
             _ere(r"^_*(async_+)?(def|class)_+NAME\>"), frozenset(("block", "module"))),
    Language("javascript", "tree_sitter_javascript", (".js", ".jsx", ".mjs", ".cjs"), _ere(_SCRIPT)),
    Language("typescript", "tree_sitter_typescript", (".ts", ".mts", ".cts"), _ere(_SCRIPT),
             entry="language_typescript"),
    Language("tsx", "tree_sitter_typescript", (".tsx",), _ere(_SCRIPT), entry="language_tsx", query="typescript"),
    Language("go", "tree_sitter_go", (".go",), _ere(r"^(func_+(\([^)]*\)_*)?|_*type_+)NAME\>"),
             frozenset(("source_file", "block", "statement_list", "field_declaration_list"))),
    Language("java", "tree_sitter_java", (".java",),
             _ere(_METHOD + r"|\<(class|interface|enum|record)_+NAME\>"),
             _BRACED | {"constructor_body", "interface_body", "enum_body", "enum_body_declarations",
                        "switch_block_statement_group"}),
    Language("kotlin", "tree_sitter_kotlin", (".kt", ".kts"),
             _ere(r"\<(fun_+(<[^>]*>_*)?([^(){}=]*[.])?|(class|object|interface)_+)NAME\>"),
             _BRACED | {"source_file", "function_body", "statements"}),
    Language("ruby", "tree_sitter_ruby", (".rb", ".rake", ".ru", ".gemspec"),
             _ere(r"^_*((def_+(self[.])?|(class|module)_+([[:alnum:]_:]+::)?)NAME\>"
                  r"|(define_method|scope)[ (]*:NAME\>)"),
             frozenset(("program", "body_statement", "block_body", "then", "else", "do", "ensure", "rescue"))),
    Language("php", "tree_sitter_php", (".php", ".phtml", ".inc"),
             _ere(r"\<(function[[:space:]&]+|(class|trait|interface|enum)_+)NAME\>"),
             _BRACED | {"declaration_list"}, entry="language_php"),
    Language("c_sharp", "tree_sitter_c_sharp", (".cs",),
             _ere(_METHOD + r"|\<(class|interface|enum|record|struct)_+NAME\>|\sNAME_*([{]|=>|$)"),
             _BRACED | {"declaration_list", "compilation_unit", "switch_section"}),
    Language("rust", "tree_sitter_rust", (".rs",), _ere(r"\<(fn|struct|enum|trait|macro_rules!)_+NAME\>"),
             _BRACED | {"source_file", "declaration_list"}),
    Language("c", "tree_sitter_c", (".c",), _ere(_METHOD + r"|\<(struct|union|enum)_+NAME\>"),
             _BRACED | {"translation_unit", "case_statement"}),
    Language("cpp", "tree_sitter_cpp", (".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".ipp", ".cu"),
             _ere(r"^_*([^=;(){}]*[[:space:]*&:])?NAME_*\(|\<(struct|class|enum)_+NAME\>"),
             _BRACED | {"translation_unit", "case_statement", "field_declaration_list", "declaration_list"}),
)  # fmt: skip
_BY_ENDING = {ending: language for language in LANGUAGES for ending in language.endings}


def language_of(path: str) -> Language | None:
    """The language of a file by its ending, None where no grammar is here for it."""
    name = path.rsplit("/", 1)[-1]
    return _BY_ENDING.get(name[name.rfind(".") :].lower()) if "." in name else None


@cache
def grammar(language: Language) -> Grammar:
    """The grammar, loaded on first use (10 to 60 ms)."""
    from tree_sitter import Language as Grammar

    return Grammar(getattr(import_module(language.module), language.entry)())


@cache
def query(language: Language) -> Query:
    """The compiled query file of the language."""
    from tree_sitter import Query

    source = files(__package__).joinpath(f"{language.query or language.name}.scm").read_text(encoding="utf-8")
    return Query(grammar(language), source)
