"""Filling in the demo's forms as people do: by the inputs on the page, with real documents."""

import io
from functools import cached_property
from typing import Any

import yaml

from eservices.models import Procedure
from eservices.queries.procedures import structure_of, text_for, words_of
from portal.demo_loading.files import DEMO

ADDRESS = {
    "street": "Rue des Écoles",
    "number": "12",
    "postcode": "4999",
    "locality": "Valmont",
}

#: What somebody answers in the procedure about trees, chapter by chapter, by the keys of its questions.
TREE: dict[str, dict[str, Any]] = {
    "check": {"girth_cm": "145", "remarkable": "no", "hedge_or_row": "no"},
    "applicant": {"phone": "04 123 45 67", "address": ADDRESS, "owner": True},
    "place": {
        "place_address": ADDRESS,
        "cadastral_reference": "Valmont, 2e division, B 117 k",
        "spot": "Au fond du jardin, à droite de l’allée.",
    },
    "trees": {
        "tree_list": [
            {
                "species": "Épicéa",
                "action": "fell",
                "girth": "145",
                "grouping": "alone",
                "visible": True,
            },
            {
                "species": "Hêtre pourpre",
                "action": "fell",
                "girth": "90",
                "grouping": "alone",
                "visible": False,
            },
        ],
        "reason_kind": "light",
        "reason_details": "L’arbre prive la maison de lumière.",
    },
    "replanting": {"replant": False, "no_replant_reason": "Le jardin est trop petit."},
    "documents": {"sketch": ["croquis.pdf"], "photos": ["arbre.jpg"], "true_and_complete": True},
}


def photograph(name: str = "arbre.jpg") -> dict[str, Any]:
    """A real JPEG, small, for a file input."""
    from PIL import Image  # heavy, and needed for pictures only

    content = io.BytesIO()
    Image.new("RGB", (640, 480), "#2b6b3f").save(content, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}


def document(name: str = "croquis.pdf") -> dict[str, Any]:
    """A real PDF of one empty page, for a file input."""
    import pikepdf  # heavy, and needed for documents only

    content = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(content)
    return {"name": name, "mimeType": "application/pdf", "buffer": content.getvalue()}


def demo_procedure(code: str) -> dict[str, Any]:
    """A procedure as the demo describes it."""
    found: dict[str, Any] = yaml.safe_load((DEMO / "procedures" / f"{code}.yaml").read_text())
    return found


class Filler:
    """Answers questions of a procedure in a tab, by the keys that its editor gave them."""

    def __init__(self, tab: Any, code: str = "tree", scripts: bool = True) -> None:
        self.tab = tab
        self.scripts = scripts
        self.version = Procedure.objects.select_related("current").get(code=code).current
        self.structure = structure_of(self.version)
        self.specs = {spec.key: spec for spec in self.structure.questions()}
        self.code = code

    @cached_property
    def chapters(self) -> dict[str, Any]:
        """The chapters of a procedure of the demo, by the names that they have there."""
        names = [chapter["id"] for chapter in demo_procedure(self.code)["chapters"]]
        return dict(zip(names, self.structure.chapters, strict=True))

    def name(self, key: str) -> str:
        """The id of a question, which is the name of its inputs."""
        return self.specs[key].id

    def label(self, key: str, language: str) -> str:
        """The words of a question in a language."""
        return words_of(text_for(self.version, language)).label(self.name(key))

    def chapter(self, answers: dict[str, Any]) -> None:
        """Answer the questions of the chapter that is open."""
        for key, value in answers.items():
            self.answer(key, value)

    def answer(self, key: str, value: Any) -> None:
        """Answer one question, whatever its type; without scripts the page must be asked whether it is asked."""
        spec = self.specs[key]
        if not self.scripts and self.tab.locator(f"[data-field='{spec.id}']").first.is_hidden():
            self.refresh()
        match spec.type.value:
            case "table":
                self._table(spec, value)
            case "address":
                for part, text in value.items():
                    self.tab.locator(f"[name='{spec.id}__{part}']").fill(text)
            case "file":
                self._files(spec, value)
            case _:
                self._put(spec, spec.id, value)

    def open_chapter(self, key: str) -> None:
        """Go to a chapter by the side list."""
        self.tab.locator(f"a[href$='/chapter/{self.chapters[key].id}/']").first.click()
        self.is_at(key)

    def is_at(self, key: str) -> None:
        """Wait for the page of a chapter."""
        self.tab.wait_for_url(f"**/chapter/{self.chapters[key].id}/**")

    def save(self) -> None:
        """Press Save."""
        with self.tab.expect_navigation():
            self.tab.locator("button[form=chapter-form][value=stay]").click()

    def refresh(self) -> None:
        """Press the button that shows the questions which follow from the answers; without scripts only."""
        with self.tab.expect_navigation():
            self.tab.locator("button[value=refresh]").first.click()

    def go_on(self) -> None:
        """Press the button that leads to the next chapter."""
        with self.tab.expect_navigation():
            self.tab.locator(".eg-actionbar button[type=submit]").click()

    def _put(self, spec: Any, name: str, value: Any) -> None:
        """Type, tick or choose a value in the inputs of a name."""
        inputs = self.tab.locator(f"[name='{name}']")
        kind = spec.type.value
        if kind == "yes_no":
            self._choose(inputs, "yes" if value else "no")
        elif kind == "choice":
            self._choose(inputs, next(item.id for item in spec.options if item.key == value))
        elif kind == "consent":
            inputs.set_checked(value)
        else:
            inputs.fill(value)

    def _choose(self, inputs: Any, value: str) -> None:
        if inputs.first.evaluate("input => input.tagName") == "SELECT":
            inputs.select_option(value)
        else:
            self.tab.locator(
                f"[name='{inputs.first.get_attribute('name')}'][value='{value}']"
            ).check()

    def _table(self, spec: Any, rows: list[dict[str, Any]]) -> None:
        columns = {column.key: column for column in spec.columns}
        for index, row in enumerate(rows):
            if not self.tab.locator(f"[name^='{spec.id}-{index}-']").count():
                self.tab.locator(f"button[name=add_row][value='{spec.id}']").click()
                self.tab.locator(f"[name^='{spec.id}-{index}-']").first.wait_for()
            for key, value in row.items():
                self._put(columns[key], f"{spec.id}-{index}-{columns[key].id}", value)

    def _files(self, spec: Any, names: list[str]) -> None:
        files = [document(name) if name.endswith(".pdf") else photograph(name) for name in names]
        self.tab.locator(f"input[name='file-{spec.id}']").set_input_files(files)
        if not self.scripts:  # the button beside the input sends the page with its files
            with self.tab.expect_navigation():
                self.tab.locator(f"#id_{spec.id} noscript button").or_(
                    self.tab.locator(f"#id_{spec.id} button[value=stay]")
                ).first.click()
        for name in names:
            row = self.tab.locator(f"#id_{spec.id} .eg-doc-row", has_text=name)
            row.locator("button[name=delete_annex]").wait_for()
