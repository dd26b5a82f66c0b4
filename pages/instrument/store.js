// What an instrument needs once for a text. It is mounted beside the instrument: as it stays the same while directions
// are chosen, Streamlit sends it once, and an instrument gets the little that a choice changes.
const MOST = 6

/** Called by Streamlit whenever the data changes. */
export default function ({ data: [data] }) {
  const held = (globalThis.embedFilterInstruments ??= new Map())
  held.delete(data.id)
  held.set(data.id, data)
  for (const id of [...held.keys()].slice(0, -MOST)) held.delete(id)
  dispatchEvent(new CustomEvent("instrument-data"))
}
