"""The generated pages: made anew in a folder of their own, whole, and good for a site that can be searched."""

from __future__ import annotations

import doctest
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from opencheck.rules.packs.loader import load_pack

pytestmark = pytest.mark.docs

SECTIONS = {
    "rules": ["义务", "理解", "参数", "例子", "相关条款"],
    "en/rules": ["Duty", "Reading", "Parameters", "Examples", "Related clauses"],
}
PACKS = ("pingdu-2018", "cn-disclosure-2019")


@pytest.fixture(scope="module")
def make_docs(root: Path) -> ModuleType:
    sys.path.insert(0, str(root / "scripts"))
    import make_docs

    return make_docs


@pytest.fixture(scope="module")
def made(make_docs: ModuleType, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of docs/ as git has it, with the generated pages written into it."""
    folder = tmp_path_factory.mktemp("site") / "docs"
    shutil.copytree(root / "docs", folder, ignore=lambda at, names: {"rules"} & set(names))
    assert not list(folder.rglob("PD-*.md"))
    make_docs.main(folder)
    return folder


@pytest.mark.parametrize("base", SECTIONS)
@pytest.mark.parametrize("name", PACKS)
def test_each_rule_has_a_page_with_every_section(made: Path, base: str, name: str) -> None:
    pack = load_pack(name)
    pages = {p.stem: p.read_text(encoding="utf-8") for p in (made / base / name).glob("*.md")}
    index = pages.pop("index")
    assert set(pages) == set(pack.rules)
    for rule_id, text in pages.items():
        rule = pack.rules[rule_id].rule
        assert re.findall(r"(?m)^## (.*)$", text) == SECTIONS[base]
        assert (rule.title.en if base.startswith("en/") else rule.title.zh) in text
        assert f"({rule_id}.md)" in index


def test_links_of_the_generated_pages_lead_somewhere(made: Path) -> None:
    for base in SECTIONS:
        for page in (made / base).rglob("*.md"):
            for target in re.findall(r"\]\(([^)#\s]+\.md)\)", page.read_text(encoding="utf-8")):
                assert (page.parent / target).is_file(), f"{page}: {target}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_readings_page_has_each_rule_with_its_reading_and_parameters(made: Path, lang: str) -> None:
    page = made / ("readings.md" if lang == "zh" else "en/readings.md")
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+\.md)\)", text):
        assert (page.parent / target).is_file(), target
    for name in PACKS:
        pack = load_pack(name)
        for rule_id, bound in pack.rules.items():
            section = text.split(f"### [{rule_id}](", 1)[1].split("\n### ", 1)[0]
            assert bound.rule.reading is None or bound.rule.reading.get(lang) in section, rule_id
            for parameter in bound.parameters:
                assert f"`{parameter}` = " in section, rule_id
        assert all(f"`{parameter}` = " in text for parameter in pack.parameters)


def test_reference_pages_are_current(make_docs: ModuleType, made: Path, root: Path) -> None:
    for base in make_docs.REFERENCE:
        for page in (made / base).glob("*.md"):
            kept = root / "docs" / base / page.name
            assert kept.read_text(encoding="utf-8") == page.read_text(encoding="utf-8"), f"{kept}: run make docs"


def test_scripts_of_the_pages_do_what_their_docstrings_show(make_docs: ModuleType) -> None:
    import docstrings
    import site_hooks

    for module in (docstrings, site_hooks):
        done = doctest.testmod(module)
        assert done.attempted
        assert not done.failed


def test_reference_of_python_is_prose_and_code(made: Path) -> None:
    text = (made / "en" / "reference" / "api.md").read_text(encoding="utf-8")
    prose = re.sub(r"```python.*?```", "", text, flags=re.S)
    assert "``" not in prose
    assert ":class:" not in prose
    assert max(map(len, re.findall(r"(?m)^oc\.\w+\(.*$", text))) <= 88
    assert "- `as_of`: the check is made at the end of this day" in prose


def test_reference_names_every_command(made: Path) -> None:
    from opencheck.cli.main import main

    told = set(re.findall(r"(?m)^## opencheck (\S+)$", (made / "reference" / "cli.md").read_text(encoding="utf-8")))
    assert told == set(main.list_commands(None))  # type: ignore[arg-type]


def test_git_keeps_no_rule_page(root: Path) -> None:
    if not (root / ".git").exists():
        pytest.skip("not a checkout")
    kept = subprocess.run(
        ["git", "ls-files", "docs/rules", "docs/en/rules"], cwd=root, capture_output=True, text=True, check=True
    )
    assert kept.stdout == ""


def test_links_of_the_kept_pages_lead_to_kept_files(root: Path) -> None:
    """Somebody who reads the pages in a checkout, where nothing is generated, finds what they link to."""
    pages = [*root.glob("*.md"), *(root / "examples").rglob("*.md"), *(root / "benchmarks").glob("*.md")]
    kept = [p for p in (root / "docs").rglob("*.md") if "rules" not in p.relative_to(root / "docs").parts]
    pages += [p for p in kept if p.name != "readings.md"]
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            found = (page.parent / target).resolve()
            assert found.exists(), f"{page.relative_to(root)}: {target}"
            made = [root / "docs" / path for path in ("rules", "en/rules", "readings.md", "en/readings.md")]
            assert not any(found.is_relative_to(m) for m in made), f"{page.relative_to(root)}: {target} is made by make site"


@pytest.fixture(scope="module")
def site(made: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from the copy."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copy(root / "mkdocs.yml", made.parent)
    (made.parent / "scripts").mkdir()
    shutil.copy(root / "scripts" / "site_hooks.py", made.parent / "scripts")
    config = made.parent / "mkdocs.yml"
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-f", str(config), "-d", str(folder)], check=True
    )
    return folder


def addresses(site: Path, folder: str) -> set[str]:
    index = json.loads((site / folder / "search" / "search_index.json").read_text(encoding="utf-8"))
    return {d["location"].split("#")[0] for d in index["docs"]}


def test_site_has_an_index_for_each_language(site: Path) -> None:
    chinese, english = addresses(site, ""), addresses(site, "en")
    assert {"quickstart/", "rules/pingdu-2018/PD-9.4/"} <= chinese & english
    assert not [a for a in chinese if a.startswith("en/")]
    pages = {p.parent.relative_to(site).as_posix() for p in site.rglob("index.html")}
    of_english = {p.removeprefix("en").removeprefix("/") for p in pages if p.split("/")[0] == "en"}
    assert {a.rstrip("/") for a in english} == of_english
    assert {a.rstrip("/") for a in chinese} == {"" if p == "." else p for p in pages if p.split("/")[0] != "en"}


@pytest.mark.parametrize(
    ("page", "lang", "base"), [("rules/pingdu-2018/PD-9.4", "zh", "../../.."), ("en/cms", "en", ".."), ("en", "en", ".")]
)
def test_site_page_searches_in_its_own_language(page: str, lang: str, base: str, site: Path) -> None:
    text = (site / page / "index.html").read_text(encoding="utf-8")
    assert re.search(r'<html lang="(\w+)"', text)[1] == lang  # type: ignore[index]
    settings = json.loads(re.search(r'<script id="__config"[^>]*>(.*?)</script>', text)[1])  # type: ignore[index]
    assert settings["base"] == base
    assert ("Type to start" in settings["translations"]["search.result.placeholder"]) == (lang == "en")
    navigation = text.split("md-sidebar--primary")[1].split("md-sidebar--secondary")[0]
    assert ("三种用法" in navigation, "Three uses" in navigation) == (lang == "zh", lang == "en")


@pytest.mark.parametrize("folder", ["", "en"])
def test_site_search_finds_a_rule_by_its_name_first(folder: str, site: Path) -> None:
    if not shutil.which("node"):
        pytest.skip("no Node.js to run the site's search")
    rules = {rule: name for name in PACKS for rule in load_pack(name).rules}
    numbers = {rule.partition("-")[2]: rule for rule in rules}
    assert len(numbers) == len(rules)
    assert {"3.2", "3.26", "8-7.1", "8-7.10", "1.1", "1.1b"} <= set(numbers), "one number begins another"
    asked = {rule: rule for rule in rules} | numbers | {"pd-9.4": "PD-9.4"}
    words = {
        "": {"豁免": "waivers-baseline-due/", "整改通知单": "handouts/"},
        "en": {"waivers": "waivers-baseline-due/", "tutorial": "tutorial/"},
    }[folder]
    helper = Path(__file__).parent.parent / "support" / "site_search.cjs"
    done = subprocess.run(
        ["node", str(helper), str(site), folder, *asked, *words],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    found = json.loads(done.stdout)
    wanted = {query: f"rules/{rules[rule]}/{rule}/" for query, rule in asked.items()} | words
    pages = {query: hits[0].partition("#")[0] for query, hits in found.items()}  # the page, or the place on it
    assert pages == wanted


def test_readme_counts_the_rules_of_the_pack(root: Path) -> None:
    pack, text = load_pack("pingdu-2018"), (root / "README.md").read_text(encoding="utf-8")
    assert f"全部 {len(pack.clauses)} 个条款，{len(pack.rules)} 条规则" in text
    assert f"All {len(pack.clauses)} clauses of the Pingdu 2018 plan have rules ({len(pack.rules)})" in text
