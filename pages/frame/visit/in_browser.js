// What a visit holds, in the storage of the browser's tab: a reload gives it back, and closing the tab forgets it.

const ITEM = "embedfilter-visit"
let asked

export default function ({ data: [{ session, visit }], setTriggerValue }) {
  if (asked !== session) {
    asked = session
    const before = storage()?.getItem(ITEM)
    if (before) return void setTriggerValue("before", before) // the answer comes with what is to be held from now on
  }
  if (visit !== null) hold(visit)
}

/** None where the visitor's browser gives pages no storage. */
function storage() {
  try {
    return sessionStorage
  } catch {
    return null
  }
}

function hold(visit) {
  try {
    if (visit) storage()?.setItem(ITEM, visit)
    else storage()?.removeItem(ITEM)
  } catch {
    storage()?.removeItem(ITEM) // it is full: nothing comes back rather than what was there earlier
  }
}
