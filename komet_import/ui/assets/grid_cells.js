/* How a cell of the review grid is drawn, and the list that a cell is chosen from. User text is only ever shown as text. */
window.kometCells = (() => {
  const fold = (text) => text.trim().toLocaleLowerCase();

  function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  /* `look` tells of a cell: `old`, the text before it or undefined; `said`, the cell in words or ""; `isWrong`. */
  const drawnWith = (look) =>
    class {
      init(cell) {
        this.gui = element("span", "komet-text");
        this.gui.dir = "auto"; // a name that begins in Arabic keeps its beginning
        this.refresh(cell);
      }

      getGui() {
        return this.gui;
      }

      refresh(cell) {
        const { old, said, isWrong } = look(cell);
        const was = old === undefined ? [] : [element("s", "komet-old", old), " "];
        this.gui.replaceChildren(...was, cell.value ?? "");
        const named = said ? { "aria-label": said, "aria-invalid": isWrong } : {};
        for (const name of ["aria-label", "aria-invalid"]) {
          if (name in named) cell.eGridCell.setAttribute(name, named[name]);
          else cell.eGridCell.removeAttribute(name);
        }
        return true;
      }
    };

  /* One editor for both ways in: typing filters, and goes in as it is typed unless one entry alone begins like it; an
     entry that is highlighted is taken by Enter and Tab, never by leaving the cell with the mouse. */
  class ListEditor {
    init(params) {
      const { eventKey } = params;
      this.params = params;
      this.given = params.value ?? "";
      this.values = [...new Set([this.given, ...params.values])];
      this.isTyped = eventKey?.length === 1 || eventKey === "Backspace" || eventKey === "Delete";
      this.input = element("input", "komet-input");
      this.input.value = this.isTyped ? (eventKey.length === 1 ? eventKey : "") : this.given;
      this.list = element("div", "komet-list");
      this.list.id = "komet-list";
      this.list.setAttribute("role", "listbox");
      this.describe(params.label);
      this.input.addEventListener("input", () => this.type());
      this.input.addEventListener("keydown", (event) => this.press(event));
      this.list.addEventListener("mousedown", (event) => this.click(event)); // before the input loses the focus
      this.filter();
    }

    describe(label) {
      const attributes = { role: "combobox", "aria-label": label, "aria-expanded": true, "aria-controls": this.list.id };
      for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
      this.list.setAttribute("aria-label", label);
    }

    getGui() {
      return this.input;
    }

    afterGuiAttached() {
      this.input.focus();
      if (!this.isTyped) this.input.select();
      document.body.append(this.list);
      this.place();
    }

    destroy() {
      this.list.remove();
    }

    getValue() {
      if (this.picked !== undefined) return this.picked;
      return this.isTyped ? this.input.value : this.given;
    }

    type() {
      this.isTyped = true;
      this.filter();
      this.place();
    }

    filter() {
      const text = this.isTyped ? fold(this.input.value) : "";
      const begins = this.values.filter((value) => fold(value).startsWith(text));
      const holds = this.values.filter((value) => fold(value).includes(text) && !begins.includes(value));
      this.shown = [...begins, ...holds];
      this.highlight(this.isTyped ? this.meant(text, begins) : this.given);
    }

    meant(text, begins) {
      if (!text) return undefined;
      return begins.find((value) => fold(value) === text) ?? (begins.length === 1 ? begins[0] : undefined);
    }

    highlight(value) {
      this.highlighted = value;
      const options = this.shown.map((one, index) => {
        const option = element("div", "komet-option", one || this.params.blank);
        option.id = `komet-option-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", one === value);
        return option;
      });
      this.list.replaceChildren(...options);
      this.list.hidden = options.length === 0;
      const chosen = options[this.shown.indexOf(value)];
      this.input.setAttribute("aria-activedescendant", chosen?.id ?? "");
      chosen?.scrollIntoView({ block: "nearest" });
    }

    press(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && this.shown.length) {
        const at = this.shown.indexOf(this.highlighted);
        const next = at < 0 && step < 0 ? this.shown.length - 1 : (at + step + this.shown.length) % this.shown.length;
        this.highlight(this.shown[next]);
        event.preventDefault();
        event.stopPropagation();
      } else if (event.key === "Enter" || event.key === "Tab") this.picked = this.highlighted;
    }

    click(event) {
      event.preventDefault();
      const index = [...this.list.children].indexOf(event.target.closest(".komet-option"));
      if (index < 0) return;
      this.picked = this.shown[index];
      this.params.stopEditing();
    }

    place() {
      const cell = this.input.getBoundingClientRect();
      const below = window.innerHeight - cell.bottom;
      const isAbove = below < this.list.offsetHeight && cell.top > below;
      Object.assign(this.list.style, {
        left: `${Math.max(0, Math.min(cell.left, window.innerWidth - this.list.offsetWidth))}px`,
        minWidth: `${cell.width}px`,
        maxHeight: `${Math.min(240, Math.max(below, cell.top) - 8)}px`,
        top: isAbove ? "auto" : `${cell.bottom}px`,
        bottom: isAbove ? `${window.innerHeight - cell.top}px` : "auto",
      });
    }
  }

  return { drawnWith, ListEditor };
})();
