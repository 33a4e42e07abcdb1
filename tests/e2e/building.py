"""Building a form in the editor as a clerk does: by the buttons and inputs of the page."""

from typing import Any


class Builder:
    """Adds blocks to the form of a procedure and fills in what they ask."""

    def __init__(self, tab: Any) -> None:
        self.tab = tab

    def add(self, stream: str, kind: str = "") -> str:
        """Add a block at the end of a stream or list; returns the prefix of its inputs."""
        count = self.tab.locator(f"input[name='{stream}-count']")
        number = int(count.input_value())
        last = count.locator("xpath=following-sibling::div[1]/*[last()]")
        button = last.locator("xpath=descendant-or-self::button").first
        if button.is_visible():
            button.click()
        else:  # behind the gear of its block
            button.evaluate("button => button.click()")
        if kind:
            self.tab.locator("[role=option]:visible").get_by_text(kind, exact=True).first.click()
        self.tab.locator(f"input[name='{stream}-{number}-order']").wait_for(state="attached")
        return f"{stream}-{number}-value"

    def put(self, prefix: str, **values: Any) -> None:
        """Fill in the inputs of a block; those behind the gear need not be in sight."""
        for name, value in values.items():
            field = self.tab.locator(f"[name='{prefix}-{name}']").first
            field.wait_for(state="attached")
            if isinstance(value, bool):
                field.evaluate("(box, on) => { if (box.checked !== on) box.click(); }", value)
            else:
                field.evaluate(
                    """(input, text) => {
                      input.value = text;
                      for (const kind of ["input", "change"]) {
                        input.dispatchEvent(new Event(kind, { bubbles: true }));
                      }
                    }""",
                    value,
                )

    def chapter(self, title: str, code: str = "") -> str:
        """Add a chapter; returns the stream of its questions."""
        prefix = self.add("chapters")
        self.put(prefix, title=title, key=code)
        return f"{prefix}-questions"

    def question(self, stream: str, kind: str, label: str, code: str, **values: Any) -> str:
        """Add a question of a kind, named as the menu names it."""
        prefix = self.add(stream, kind)
        self.put(prefix, label=label, key=code, **values)
        return prefix

    def options(self, prefix: str, *options: tuple[str, str]) -> None:
        """Fill in the options of a question (code, label); the list begins with one."""
        for number, (code, label) in enumerate(options):
            count = self.tab.locator(f"input[name='{prefix}-options-count']")
            if number >= int(count.input_value()):
                self.add(f"{prefix}-options")
            self.put(f"{prefix}-options-{number}-value", label=label, key=code)

    def condition(self, prefix: str, question: str, op: str, value: str) -> None:
        """Ask a question only if an earlier answer compares."""
        rule = self.add(f"{prefix}-show_if")
        self.put(rule, question=question, op=op, value=value)
