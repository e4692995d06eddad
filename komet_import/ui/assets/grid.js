/* Runs inside the review grid's own frame, before the grid is made; st_aggrid calls the functions by name.
   `context.json` is the server's last answer, see `_answer` in grid.py. User text arrives there and in the row data
   alone, and is only ever shown as text. */
window.komet = (() => {
  const waiting = []; // edits that the server has not acknowledged: [sequence, row, key, new]
  let source = null;
  let answer = null;
  let last = 0; // the highest sequence given
  let focus = null; // [number, row, key] of the last marked cell that was reported
  let scrolledTo = null;

  function now(context) {
    if (context.json !== source) {
      source = context.json;
      answer = JSON.parse(source);
    }
    return answer;
  }

  const mark = ({ context, data, colDef }) => now(context).marks[data._row]?.[colDef.field];
  const is = (state) => (cell) => mark(cell)?.[0] === state;
  const waitingFor = (row, key) => waiting.findLast((edit) => edit[1] === row && edit[2] === key);

  function isFocused({ context, data, colDef }) {
    const { focused } = now(context);
    return focused !== null && focused[0] === data._row && focused[1] === colDef.field;
  }

  function action({ context, data }) {
    const edit = waitingFor(data._row, "_left_out");
    if (edit) return edit[3] ? "Left out" : "…";
    return now(context).rows[data._row][0];
  }

  function isLeftOut({ context, data }) {
    const edit = waitingFor(data._row, "_left_out");
    return edit ? edit[3] !== "" : now(context).rows[data._row][1];
  }

  /* Typing starts a text editor, so that fast fingers never wait for a list; F2 and a double click open the list. The
     value that the list lacks stays on top, so that looking never loses it. */
  function editor(cell) {
    if (cell.eventKey?.length === 1) return { component: "agTextCellEditor" };
    const values = [...new Set([cell.value ?? "", "", ...now(cell.context).choices[cell.colDef.field]])];
    return openList(values);
  }

  function actionEditor(cell) {
    return openList([cell.value, isLeftOut(cell) ? "Put back" : "Leave out"]);
  }

  // As if started by Enter: then the list opens at once.
  const openList = (values) => ({ component: "agSelectCellEditor", params: { values, eventKey: "Enter" } });

  function remember({ data, colDef, newValue }) {
    const text = newValue ?? ""; // a clear arrives as null
    last += 1;
    if (colDef.field === "_action") {
      waiting.push([last, data._row, "_left_out", text === "Leave out" ? "Yes" : ""]);
      return;
    }
    data[colDef.field] = text;
    waiting.push([last, data._row, colDef.field, text]);
  }

  function markedFocus(api) {
    const cell = api.getFocusedCell();
    const node = cell && api.getDisplayedRowAtIndex(cell.rowIndex);
    if (!node) return null;
    const place = { context: api.getGridOption("context"), data: node.data, colDef: cell.column.getColDef() };
    return mark(place) ? [node.data._row, place.colDef.field] : null;
  }

  let focusMoved = false;
  /* Every unacknowledged edit goes along each time: Streamlit joins quick reruns and keeps the last value only. */
  function collect({ streamlitRerunEventTriggerName: event, eventData }) {
    if (event === "cellValueChanged") {
      remember(eventData);
      return { edits: waiting, focus };
    }
    const cell = markedFocus(eventData.api);
    focusMoved = cell !== null && (focus === null || cell[0] !== focus[1] || cell[1] !== focus[2]);
    if (focusMoved) focus = [Math.max(focus?.[0] ?? 0, answer.focus) + 1, ...cell];
    return { edits: waiting, focus };
  }

  // Another event may be collected before this is asked, so an edit's answer depends on nothing but its own name.
  const shouldTell = ({ streamlitRerunEventTriggerName: event }) => event === "cellValueChanged" || focusMoved;

  /* The server's values go into the rows without an event, so they raise no edit and cancel no typing; a cell with an
     edit still under way keeps it. */
  function takeTexts(api, texts) {
    for (const [row, cells] of Object.entries(texts)) {
      const node = api.getRowNode(row);
      for (const [key, text] of Object.entries(cells)) {
        if (node && !waitingFor(node.data._row, key)) node.data[key] = text;
      }
    }
  }

  function scrollTo(api, focused) {
    const place = JSON.stringify(focused);
    const node = focused && api.getRowNode(String(focused[0]));
    if (place === scrolledTo || (focused && node?.rowIndex == null)) return;
    scrolledTo = place;
    if (!focused) return;
    api.ensureIndexVisible(node.rowIndex);
    api.ensureColumnVisible(focused[1]);
  }

  function take({ api, context }) {
    const { acknowledged, texts, focused } = now(context);
    last = Math.max(last, answer.last);
    while (waiting.length && waiting[0][0] <= acknowledged) waiting.shift();
    takeTexts(api, texts);
    api.refreshCells({ force: true });
    scrollTo(api, focused);
  }

  return {
    rowId: ({ data }) => String(data._row),
    isError: is("error"),
    isWarning: is("warning"),
    isChanged: is("changed"),
    isFocused,
    isLeftOut,
    note: (cell) => mark(cell)?.[1],
    action,
    setAction: () => true,
    editor,
    actionEditor,
    collect,
    shouldTell,
    take,
  };
})();
