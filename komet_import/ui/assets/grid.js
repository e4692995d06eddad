/* Runs inside the review grid's own frame, before the grid is made; st_aggrid calls the functions by name.
   `answer` is the server's last, see `_answer` in grid.py. User text arrives there alone, and is only ever shown as text. */
window.komet = (() => {
  const PATIENCE_MS = 4_000; // then an edit counts as not saved, and all are sent again, each time after twice as long
  const LONGEST_MS = 60_000;
  const FOCUS_MS = 250;
  const WIDE_PX = 900; // from this width on the columns that name a row stay in sight
  const PHONE_PX = 600; // below it an action has less room
  const PHONE_ACTION_PX = 118;
  const LEFT_OUT = "_left_out";

  let api = null; // from the moment that the grid is ready
  let answer = null;
  let page = null; // of the rows that are shown
  let columns = ""; // those that are shown, as JSON
  let shown = ""; // their fields: where others are shown, the grid begins at the left
  let waiting = []; // edits that the server has not acknowledged: [sequence, row, key, new, seen]
  let last = 0; // the highest sequence given
  let focus = null; // [number, row, key] of the last cell that was reported
  let scrolled = -1; // the last `scroll` and `take_focus` that were followed; the first `focused` is scrolled to
  let focusTaken = null;

  // The server's answers come past the grid, whose own options never change: so it is made once, and stays.
  window.addEventListener("message", ({ source, data }) => {
    if (source === window.parent && data.type === "streamlit:render") {
      const { js } = data.args.pro_assets.at(-1);
      receive(JSON.parse(js.slice("komet.receive(".length, -1)));
    }
  });

  function receive(its) {
    answer = its;
    if (api) take();
  }

  const mark = ({ data, colDef }) => answer.marks[data._row]?.[colDef.field];
  const is = (state) => (cell) => mark(cell)?.[0] === state;
  const waitingFor = (row, key) => waiting.findLast((edit) => edit[1] === row && edit[2] === key);

  const isFocused = ({ data, colDef }) =>
    answer.focused !== null && answer.focused[0] === data._row && answer.focused[1] === colDef.field;

  function look(cell) {
    const [state, note, old] = mark(cell) ?? [];
    const said = state ? answer.words.said[state].replace("{text}", () => cell.value ?? "").replace("{note}", () => note) : "";
    return { old: old ?? undefined, said, isWrong: state === "error" };
  }

  function action({ data }) {
    const edit = waitingFor(data._row, LEFT_OUT);
    if (edit) return edit[3] ? answer.words.skipped : "…";
    return answer.rows[data._row]?.[0];
  }

  function isLeftOut({ data }) {
    const edit = waitingFor(data._row, LEFT_OUT);
    return edit ? edit[3] !== "" : answer.rows[data._row]?.[1];
  }

  const list = (cell, values) => ({
    component: window.kometCells.ListEditor,
    params: { values, blank: answer.words.blank, label: cell.colDef.headerName },
  });

  const listEditor = (cell) => list(cell, ["", ...answer.choices[cell.colDef.field]]);

  function actionEditor(cell) {
    const { putBack, skip } = answer.words;
    return list(cell, [isLeftOut(cell) ? putBack : skip]);
  }

  function setText({ data, colDef, newValue }) {
    const seen = data[colDef.field] ?? "";
    const text = newValue ?? ""; // a clear arrives as null
    if (text === seen) return false;
    data[colDef.field] = text;
    make(data._row, colDef.field, text, seen);
    return true;
  }

  function setAction({ data, newValue }) {
    const { putBack, skip } = answer.words;
    if (newValue !== skip && newValue !== putBack) return false;
    make(data._row, LEFT_OUT, newValue === skip ? "Yes" : "", "");
    return true;
  }

  function make(row, key, text, seen) {
    last += 1;
    const edit = [last, row, key, text, seen];
    waiting.push(edit);
    kept.put(edit);
    tell();
  }

  // Every unacknowledged edit goes along each time: Streamlit joins quick reruns and keeps the last value only.
  function tell() {
    const value = { edits: waiting, focus, page };
    const message = { isStreamlitMessage: true, type: "streamlit:setComponentValue", dataType: "json", value };
    window.parent.postMessage(message, window.location.origin);
    if (waiting.length) patience.begin();
  }

  /* The edits in the tab's own storage outlive this frame: the next grid of the draft, after a reload or a restart of the
     server, sends what it finds. */
  const kept = {
    place: (sequence) => `komet-edit ${answer.draft} ${sequence}`,
    put(edit) {
      try {
        sessionStorage.setItem(this.place(edit[0]), JSON.stringify(edit));
      } catch {
        // A browser that gives no storage, or no more: this frame alone holds the edit.
      }
    },
    drop: ([sequence]) => sessionStorage.removeItem(kept.place(sequence)),
    unknown() {
      return Object.keys(sessionStorage)
        .filter((place) => place.startsWith(this.place("")))
        .map((place) => JSON.parse(sessionStorage.getItem(place)))
        .filter(([sequence]) => waiting.every(([known]) => known !== sequence));
    },
  };

  function adopt() {
    const found = kept.unknown();
    waiting = [...waiting, ...found].sort(([one], [other]) => one - other);
    last = Math.max(last, ...waiting.map(([sequence]) => sequence));
    putWaiting();
    return found.length > 0;
  }

  function putWaiting() {
    for (const [, row, key, text] of waiting) {
      const node = api.getRowNode(String(row));
      if (node && key !== LEFT_OUT) node.data[key] = text;
    }
  }

  // While another grid of the draft goes, it may still be typed into.
  window.addEventListener("storage", () => {
    if (api && adopt()) {
      api.refreshCells({ force: true });
      tell();
    }
  });

  const patience = {
    timer: null,
    span: PATIENCE_MS,
    isOver: false,
    begin() {
      this.timer ??= setTimeout(() => this.end(), this.span);
    },
    end() {
      this.timer = null;
      this.isOver = true;
      this.span = Math.min(2 * this.span, LONGEST_MS);
      tell();
      showUnsaved();
      api?.refreshCells({ force: true });
    },
    renew() {
      clearTimeout(this.timer);
      Object.assign(this, { timer: null, span: PATIENCE_MS, isOver: false });
      if (waiting.length) this.begin();
      showUnsaved();
    },
  };

  const keyOf = (colDef) => (colDef.field === "_action" ? LEFT_OUT : colDef.field);
  const isUnsaved = ({ data, colDef }) => patience.isOver && !!waitingFor(data._row, keyOf(colDef));

  function corner(id, role) {
    const made = document.createElement("div");
    made.id = id;
    if (role) made.setAttribute("role", role);
    document.body.append(made);
    return made;
  }
  const notice = corner("unsaved", "status");
  const said = corner("said", "status");
  const empty = corner("empty");

  function showUnsaved() {
    const cells = new Set(waiting.map(([, row, key]) => `${row} ${key}`)).size;
    const sentence = answer.words.unsaved[cells === 1 ? 0 : 1];
    notice.textContent = patience.isOver && cells ? sentence.replace("{count}", cells) : "";
  }

  const away = new AbortController();
  window.parent.addEventListener(
    "beforeunload",
    (event) => {
      if (patience.isOver && waiting.length) event.preventDefault();
    },
    { signal: away.signal },
  );
  window.addEventListener("pagehide", () => away.abort());

  function focusedCell() {
    const cell = api.getFocusedCell();
    const node = cell && api.getDisplayedRowAtIndex(cell.rowIndex);
    return node ? [node.data._row, cell.column.getColId()] : null;
  }

  let focusTimer = null;
  function focused() {
    clearTimeout(focusTimer);
    focusTimer = setTimeout(() => {
      const cell = focusedCell();
      if (!cell || (focus && cell[0] === focus[1] && cell[1] === focus[2])) return;
      focus = [Math.max(focus?.[0] ?? 0, answer.focus) + 1, ...cell];
      tell();
    }, FOCUS_MS);
  }

  /* The server's values go into the rows without an event, so they raise no edit and cancel no typing; a cell with an
     edit still under way keeps it. */
  function takeTexts(texts) {
    for (const [row, cells] of Object.entries(texts)) {
      const node = api.getRowNode(row);
      for (const [key, text] of Object.entries(cells)) {
        if (node && !waitingFor(node.data._row, key)) node.data[key] = text;
      }
    }
  }

  function takeColumns() {
    const isWide = window.innerWidth >= WIDE_PX;
    const its = answer.columns.map((column, index) =>
      index < answer.kept_in_sight && isWide ? { ...column, pinned: "left" } : { ...column, pinned: column.pinned ?? null },
    );
    if (window.innerWidth < PHONE_PX) its.find(({ field }) => field === "_action").initialWidth = PHONE_ACTION_PX;
    const json = JSON.stringify(its);
    if (json === columns) return;
    columns = json;
    const fields = its.map(({ field }) => field).join();
    api.setGridOption("columnDefs", its);
    if (fields !== shown) api.ensureColumnVisible(its.find(({ pinned }) => !pinned)?.field ?? "_row", "start");
    shown = fields;
  }
  window.addEventListener("resize", () => api && takeColumns());

  /* The rows of another page; the server sends them until it knows that they are here. */
  function takeRows() {
    if (answer.page === page) return;
    if (!answer.base) return tell(); // this frame is another than the server thinks
    api.stopEditing();
    api.clearFocusedCell(); // it was of another row
    page = answer.page;
    api.setGridOption(
      "rowData",
      answer.order.map((row) => ({ _row: row, ...answer.base[row] })),
    );
    if (answer.order.length) api.ensureIndexVisible(0, "top");
    putWaiting();
  }

  function follow() {
    const { focused, scroll, take_focus } = answer;
    const node = focused && api.getRowNode(String(focused[0]));
    const isTaken = take_focus > (focusTaken ?? take_focus);
    focusTaken = take_focus;
    if (!node || (scroll <= scrolled && !isTaken)) return;
    scrolled = scroll;
    api.ensureIndexVisible(node.rowIndex);
    api.ensureColumnVisible(focused[1]);
    if (!isTaken) return;
    focus = [Math.max(focus?.[0] ?? 0, answer.focus), ...focused]; // the server knows
    requestAnimationFrame(() => enter(node.rowIndex, focused[1]));
  }

  /* What was just scrolled to is drawn some frames later, and only then can it have the focus. */
  function enter(rowIndex, key, frames = 120) {
    window.frameElement.focus();
    api.setFocusedCell(rowIndex, key);
    const cell = document.querySelector(".ag-cell-focus");
    cell?.focus({ preventScroll: true });
    if ((!cell || document.activeElement !== cell) && frames) requestAnimationFrame(() => enter(rowIndex, key, frames - 1));
  }

  function say() {
    empty.textContent = answer.order.length ? "" : answer.empty;
    if (said.textContent !== answer.announced) said.textContent = answer.announced;
  }

  function take() {
    last = Math.max(last, answer.last);
    const done = waiting.filter(([sequence]) => sequence <= answer.acknowledged);
    waiting = waiting.slice(done.length);
    done.forEach(kept.drop);
    takeColumns();
    takeRows();
    takeTexts(answer.texts);
    if (done.length) patience.renew();
    api.refreshCells({ force: true });
    follow();
    say();
  }

  function ready(event) {
    api = event.api;
    window.frameElement.title = answer.words.grid;
    take();
    if (adopt()) {
      api.refreshCells({ force: true });
      tell();
    }
  }

  return {
    rowId: ({ data }) => String(data._row),
    isError: is("error"),
    isWarning: is("warning"),
    isChanged: is("changed"),
    isKept: is("kept"),
    isFocused,
    isLeftOut,
    isUnsaved,
    note: (cell) => (isUnsaved(cell) ? answer.words.notSaved : mark(cell)?.[1]),
    Cell: window.kometCells.drawnWith(look),
    action,
    setText,
    setAction,
    listEditor,
    actionEditor,
    focused,
    receive,
    ready,
  };
})();
