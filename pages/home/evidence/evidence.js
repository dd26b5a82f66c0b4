// Every text of a corpus as a dot over the number of frequent tokens in its list; a click opens the text.

const DOT = 7
const STRIP_PX = 88 // whatever the texts say: another choice of directions must move nothing
const SEEDS_PX = 25
const LABEL_PX = 150
const VALUE_PX = 150
const SVG = "http://www.w3.org/2000/svg"

export default function (component) {
  const { parentElement, data, setTriggerValue } = component
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
  const svg = row.appendChild(make("svg", { width: width * (data.top + 1), height, role: "img", "aria-label": `${label}: ${told}` }))
  if (means) for (const mean of means) make("rect", { x: left(mean) + width / 2 - 1, y: 2, width: 2, height: height - 4, class: "seed" }, svg)
  else tally(counts, data.top).forEach((texts, count) => drawDots(svg, data, texts, left(count), across, height, say))
  const value = row.appendChild(document.createElement("span"))
  value.textContent = told
  return row
}

/** Dots in a heap as wide as the column; where it would be higher than the strip, they stand closer. */
function drawDots(svg, data, texts, x, across, height, say) {
  const rise = Math.min(DOT, (height - 4) / Math.ceil(texts.length / across))
  texts.forEach((text, place) => {
    const [column, level] = [place % across, Math.floor(place / across)]
    const y = height - 2 - DOT / 2 - level * rise
    const dot = make("circle", { cx: x + 4 + (column + 0.5) * DOT, cy: y, r: DOT / 2 - 0.6 }, svg)
    if (text === data.typical) dot.setAttribute("class", "typical")
    make("title", {}, dot).textContent = data.texts[text] // a text is not ours: never markup
    dot.onclick = () => say("open", text)
  })
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
