// A list as a table: texts are only ever text, rows that open have one link each, and one Tab stop for all of them.
const drawn = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".box");
  const [head, body] = parentElement.querySelectorAll(".head, .body");
  const before = drawn.get(parentElement) ?? {};
  const now = { columns: JSON.stringify(data.columns.map((column) => column.header)), rows: JSON.stringify(data.rows), ids: String(data.rows.map((row) => row.id)) };
  parentElement.querySelector("table").setAttribute("aria-label", data.label);
  if (now.columns !== before.columns) drawHead(head, data.columns, setTriggerValue);
  markOrder(head, data.columns);
  if (now.columns !== before.columns || now.rows !== before.rows) {
    const held = parentElement.activeElement?.closest("tr")?.dataset.id;
    body.replaceChildren(...data.rows.map((row) => drawRow(row, data.columns)));
    if (held) linkOf(body, held)?.focus();
  }
  if (now.ids !== before.ids) box.scrollTop = 0;
  markChosen(body, data.chosen, before.chosen);
  if (!data.rows.some((row) => row.href)) {
    box.setAttribute("role", "region"); // nothing in it takes the focus, and it scrolls
    box.setAttribute("aria-label", data.label);
    box.tabIndex = 0;
  }
  box.style.maxHeight = `${data.height}px`;
  body.onclick = (event) => open(event, setTriggerValue);
  body.onkeydown = move;
  drawn.set(parentElement, { ...now, chosen: data.chosen });
}

function drawHead(head, columns, setTriggerValue) {
  const row = element("tr", "row");
  for (const column of columns) {
    const cell = element("th", "columnheader", column.kind);
    if (column.key === null) cell.textContent = column.header;
    else {
      const button = element("button");
      button.textContent = column.header;
      button.onclick = () => setTriggerValue("sorted", column.key);
      cell.append(button);
    }
    row.append(cell);
  }
  head.replaceChildren(row);
  head.classList.toggle("fixed", columns.every((column) => column.key === null));
}

function markOrder(head, columns) {
  [...head.firstChild.children].forEach((cell, index) => {
    const order = columns[index].order;
    if (order) cell.setAttribute("aria-sort", order);
    else cell.removeAttribute("aria-sort");
  });
}

function drawRow(row, columns) {
  const line = element("tr", "row", row.href ? "opens" : "");
  line.dataset.id = row.id;
  row.cells.forEach((cell, index) => line.append(drawCell(cell, columns[index], row)));
  return line;
}

function drawCell(cell, column, row) {
  const place = element("td", "cell", column.kind);
  place.dataset.header = column.header;
  const text = element(column.opens && row.href ? "a" : "span");
  if (column.kind !== "sentence") text.dir = "auto"; // a name keeps its beginning, whatever its script
  text.textContent = cell.text;
  if (text.tagName === "A") {
    place.classList.add("name");
    text.href = row.href;
    text.tabIndex = -1;
  }
  if (cell.text.length > 24) text.title = cell.text;
  if (cell.look) text.className = cell.look === "quiet" ? "quiet" : `badge ${cell.look}`;
  if (!cell.text) place.classList.add("empty");
  place.append(text);
  return place;
}

function markChosen(body, chosen, before) {
  for (const line of body.children) {
    const isChosen = chosen !== null && line.dataset.id === chosen;
    line.toggleAttribute("data-chosen", isChosen);
    const link = line.querySelector("a");
    if (!link) continue;
    if (isChosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    if (isChosen && before === undefined) showIn(body.closest(".box"), line);
  }
  const links = [...body.querySelectorAll("a")];
  if (links.length && !links.some((link) => link.tabIndex === 0)) {
    (body.querySelector("[data-chosen] a") ?? links[0]).tabIndex = 0;
  }
}

function open(event, setTriggerValue) {
  const line = event.target.closest("tr.opens");
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey; // the browser's own: another tab or window
  if (!line || elsewhere || getSelection()?.type === "Range") return;
  event.preventDefault();
  setTriggerValue("opened", line.dataset.id);
}

// The page itself stays where it is.
function showIn(box, line) {
  if (line.offsetTop + line.offsetHeight > box.clientHeight) box.scrollTop = line.offsetTop - box.clientHeight / 2;
}

function linkOf(body, id) {
  return body.querySelector(`[data-id="${CSS.escape(id)}"] a`);
}

function move(event) {
  const links = [...event.currentTarget.querySelectorAll("a")];
  const at = links.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || !links[to]) return;
  event.preventDefault();
  links[at].tabIndex = -1;
  links[to].tabIndex = 0;
  links[to].focus();
}

function element(tag, role = "", className = "") {
  const made = document.createElement(tag);
  if (role) made.setAttribute("role", role); // a narrow screen lays the cells out, and the browser forgets what they are
  if (className) made.className = className;
  return made;
}
