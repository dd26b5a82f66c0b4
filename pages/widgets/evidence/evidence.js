// Every text of a corpus as a dot over the number of frequent tokens in its list; a click opens the text.

const DOT = 7
const REACH_PX = 22 // of a finger: the dots themselves are small
const STRIP_PX = 88 // whatever the texts say: another choice of directions must move nothing
const SEEDS_PX = 25
const LABEL_PX = 150
const VALUE_PX = 150
const SVG = "http://www.w3.org/2000/svg"

export default function (component) {
  const { parentElement, data: [data], setTriggerValue } = component
  const root = parentElement.querySelector(".evidence")
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour)
  const draw = () => root.replaceChildren(...data.readings.map((reading) => strip(root, data, reading, setTriggerValue)), scale(root, data))
  draw()
  const resizer = new ResizeObserver(draw)
  resizer.observe(root)
  return () => resizer.disconnect()
}

function make(name, attributes, parent) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  parent?.appendChild(made)
  return made
}

/** Left edge and width of the column of a number of tokens. */
function columns(root, top) {
  const width = Math.max((root.clientWidth - (narrow(root) ? 0 : LABEL_PX + VALUE_PX)) / (top + 1), 8)
  return { width, left: (count) => count * width }
}

function narrow(root) {
  return root.clientWidth < 640
}

function strip(root, data, { label, told, counts, means }, say) {
  const row = document.createElement("div")
  row.className = "reading"
  const name = row.appendChild(document.createElement("b"))
  name.textContent = label
  const { width, left } = columns(root, data.top)
  const across = Math.max(1, Math.floor((width - 4) / DOT))
  const height = means ? SEEDS_PX : STRIP_PX
  const role = means ? "img" : "listbox"
  const svg = row.appendChild(make("svg", { width: width * (data.top + 1), height, role, "aria-label": `${label}: ${told}` }))
  if (means) for (const mean of means) make("rect", { x: left(mean) + width / 2 - 1, y: 2, width: 2, height: height - 4, class: "seed" }, svg)
  else {
    const dots = tally(counts, data.top).flatMap((texts, count) => drawDots(svg, data, texts, left(count), across, height))
    chooseAmong(svg, dots, (text) => say("open", text))
  }
  const value = row.appendChild(document.createElement("span"))
  value.textContent = told
  return row
}

/** Dots in a heap as wide as the column; where it would be higher than the strip, they stand closer. */
function drawDots(svg, data, texts, x, across, height) {
  const rise = Math.min(DOT, (height - 4) / Math.ceil(texts.length / across))
  return texts.map((text, place) => {
    const [column, level] = [place % across, Math.floor(place / across)]
    const y = height - 2 - DOT / 2 - level * rise
    const cx = x + 4 + (column + 0.5) * DOT
    const dot = make("circle", { cx, cy: y, r: DOT / 2 - 0.6, role: "option", "aria-selected": false }, svg)
    if (text === data.typical) dot.setAttribute("class", "typical")
    make("title", {}, dot).textContent = data.texts[text] // a text is not ours: never markup
    return { dot, text, x: cx, y }
  })
}

/** A press takes the nearest dot; by keyboard, arrows go from dot to dot and Enter opens the text. */
function chooseAmong(svg, dots, open) {
  let at = -1
  const mark = (next) => {
    dots[at]?.dot.setAttribute("aria-selected", false)
    at = next
    dots[at]?.dot.setAttribute("aria-selected", true)
  }
  svg.setAttribute("tabindex", 0)
  svg.onclick = ({ clientX, clientY }) => {
    const { left, top } = svg.getBoundingClientRect()
    const away = dots.map(({ x, y }) => Math.hypot(x - clientX + left, y - clientY + top))
    const nearest = away.indexOf(Math.min(...away))
    if (away[nearest] <= REACH_PX) open(dots[nearest].text)
  }
  svg.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key]
    if (step) mark(at < 0 ? 0 : Math.min(Math.max(at + step, 0), dots.length - 1))
    else if (event.key === "Enter" && at >= 0) open(dots[at].text)
    else return
    event.preventDefault()
  }
  svg.onblur = () => mark(-1)
}

/** The texts by their number of frequent tokens. */
function tally(counts, top) {
  const texts = Array.from({ length: top + 1 }, () => [])
  counts.forEach((count, text) => texts[count].push(text))
  return texts
}

function scale(root, { top }) {
  const row = document.createElement("div")
  row.className = "reading scale"
  row.appendChild(document.createElement("b"))
  const { width, left } = columns(root, top)
  const svg = row.appendChild(make("svg", { width: width * (top + 1), height: 18, "aria-hidden": "true" }))
  for (let count = 0; count <= top; count += 5) {
    make("text", { x: left(count) + width / 2, y: 13, "text-anchor": "middle" }, svg).textContent = count
  }
  row.appendChild(document.createElement("span"))
  return row
}
