import { bytesPerMillion, decodeFloats, keyStep, moved, nearestEdge, partAt, prefixSums, topNeighbours, topTokens } from "./arithmetic.js"
import { fillRanking, fillRows, makeRanking, makeRows } from "./rows.js"

const TOKENS = 12
const TEXTS = 8
const RANKS = 20
const HEIGHT = 150
const REACH_PX = 16
const brushes = new WeakMap()

/** Called by Streamlit whenever the data changes; one brush lives as long as its element. */
export default function (component) {
  const { parentElement, data, setTriggerValue } = component
  if (!brushes.has(parentElement)) brushes.set(parentElement, new BandBrush(parentElement))
  const brush = brushes.get(parentElement)
  brush.receive(data, setTriggerValue)
  return () => {
    brush.remove()
    brushes.delete(parentElement)
  }
}

class BandBrush {
  constructor(root) {
    this.plot = root.querySelector(".plot")
    this.canvas = root.querySelector("canvas")
    this.facts = root.querySelector(".facts")
    this.handles = Object.fromEntries([...root.querySelectorAll("[role=slider]")].map((it) => [it.dataset.part, it]))
    this.tokenRows = makeRows(root.querySelector(".tokens"), TOKENS)
    this.textRows = makeRows(root.querySelector(".texts"), TEXTS)
    this.lists = root.querySelector(".lists")
    this.textSection = root.querySelector(".near")
    this.ranking = root.querySelector(".ranking")
    this.rankingRows = makeRanking(this.ranking, RANKS, (position) => this.say("query", position))
    this.hold = null
    this.frame = 0
    this.plot.onpointerdown = (event) => this.press(event)
    this.plot.onpointermove = (event) => this.drag(event)
    this.plot.onpointerup = (event) => this.release(event)
    this.plot.onpointercancel = () => this.cancel()
    for (const handle of Object.values(this.handles)) handle.onkeydown = (event) => this.key(event, handle.dataset.part)
    this.resizer = new ResizeObserver(() => this.data && this.draw())
    this.resizer.observe(this.plot)
  }

  receive(data, say) {
    this.say = say
    if (data.id !== this.data?.id) {
      this.tokens = data.tokens && {
        texts: data.tokens.texts,
        prefix: prefixSums(decodeFloats(data.tokens.parts), data.blocks),
        offsets: decodeFloats(data.tokens.offsets),
      }
      this.near = data.near && {
        texts: data.near.texts,
        facts: data.near.facts,
        dots: prefixSums(decodeFloats(data.near.dots), data.blocks),
        squares: prefixSums(decodeFloats(data.near.squares), data.blocks),
        query: prefixSums(decodeFloats(data.near.query), data.blocks),
      }
    }
    this.data = data
    if (this.hold) return // a drag goes on; what it commits comes back here
    this.band = data.span.map((direction) => nearestEdge(direction / data.d, data.edges))
    if (this.band[0] === this.band[1]) this.band = moved(this.band, this.band[1] < data.blocks ? "stop" : "start", 1, data.blocks)
    this.preview = false
    this.draw()
  }

  // --- the hand -----------------------------------------------------------------------------------------------

  share(event) {
    const box = this.plot.getBoundingClientRect()
    return (event.clientX - box.left) / box.width
  }

  press(event) {
    if (!this.data.draggable || event.button !== 0) return
    const [start, stop] = this.span().map((direction) => direction / this.data.d)
    const part = partAt(this.share(event), start, stop, REACH_PX / this.plot.clientWidth)
    this.hold = { part, from: nearestEdge(this.share(event), this.data.edges), band: this.band }
    this.plot.setPointerCapture(event.pointerId)
    this.handles[part].focus({ preventScroll: true })
    if (part !== "middle") this.moveTo(event)
    event.preventDefault()
  }

  drag(event) {
    if (this.hold) this.moveTo(event)
    else if (this.data?.draggable) this.plot.dataset.over = this.partUnder(event)
  }

  partUnder(event) {
    const [start, stop] = this.span().map((direction) => direction / this.data.d)
    return partAt(this.share(event), start, stop, REACH_PX / this.plot.clientWidth)
  }

  moveTo(event) {
    const { part, from, band } = this.hold
    const edge = nearestEdge(this.share(event), this.data.edges)
    const by = part === "middle" ? edge - from : edge - band[part === "start" ? 0 : 1]
    this.show(moved(band, part, by, this.data.blocks))
  }

  release(event) {
    if (!this.hold) return
    this.moveTo(event)
    const before = this.hold.band
    this.hold = null
    if (this.preview || this.band.some((edge, i) => edge !== before[i])) this.send()
  }

  cancel() {
    if (!this.hold) return
    this.band = this.hold.band
    this.hold = null
    this.preview = false
    this.draw()
  }

  key(event, part) {
    if (!this.data.draggable) return
    const step = keyStep(event.key, part, this.band, this.data.blocks)
    if (step === undefined) return
    event.preventDefault()
    this.show(moved(this.band, part, step, this.data.blocks))
    clearTimeout(this.pause)
    this.pause = setTimeout(() => this.send(), 350) // several presses of a key are one change
  }

  show(band) {
    if (this.preview && band[0] === this.band[0] && band[1] === this.band[1]) return
    this.band = band
    this.preview = true
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => this.draw())
  }

  send() {
    this.say("band", this.band.map((edge) => this.data.perMille[edge]))
  }

  // --- the picture --------------------------------------------------------------------------------------------

  /** First kept direction and the one after the last. */
  span() {
    return this.preview ? this.band.map((edge) => this.data.edges[edge]) : this.data.span
  }

  draw() {
    this.drawSpectrum()
    this.placeHandles()
    this.writeFacts()
    this.lists.hidden = this.data.ranked
    this.ranking.hidden = !this.data.ranked
    if (this.data.ranked) fillRanking(this.rankingRows, this.rankedTexts())
    else this.drawLists()
  }

  drawLists() {
    const { data, band } = this
    const tokens = this.preview
      ? topTokens(this.tokens, data.blocks, ...band, TOKENS).map(([i, logit]) => [this.tokens.texts[i], logit])
      : data.current.tokens
    fillRows(this.tokenRows, tokens, (logit) => logit.toFixed(2))
    this.textSection.hidden = !this.near
    if (!this.near) return
    const texts = this.preview
      ? topNeighbours(this.near, data.blocks, ...band, TEXTS).map(([i, cosine]) => [this.near.texts[i], cosine])
      : data.current.near
    fillRows(this.textRows, texts, (cosine) => cosine.toFixed(3))
  }

  /** The nearest texts, each with what it was before the filter; one more than is shown, to compare the last with. */
  rankedTexts() {
    if (!this.preview) return this.data.current.ranked
    const { texts, facts } = this.near
    const found = topNeighbours(this.near, this.data.blocks, ...this.band, RANKS + 1)
    return found.map(([i, cosine]) => ({ text: texts[i], cosine, ...facts[i] }))
  }

  drawSpectrum() {
    const width = this.plot.clientWidth
    const scale = window.devicePixelRatio || 1
    if (this.canvas.width !== Math.round(width * scale)) {
      this.canvas.width = Math.round(width * scale)
      this.canvas.height = Math.round(HEIGHT * scale)
    }
    const pen = this.canvas.getContext("2d")
    pen.setTransform(scale, 0, 0, scale, 0, 0)
    pen.clearRect(0, 0, width, HEIGHT)
    const curve = spectrumPath(this.data.values, width)
    const style = getComputedStyle(this.plot)
    pen.fillStyle = style.getPropertyValue("--left-out")
    pen.fill(curve)
    pen.save()
    pen.beginPath()
    const runs = this.preview ? [this.span()] : this.data.runs
    for (const [start, stop] of runs) pen.rect((start / this.data.d) * width, 0, ((stop - start) / this.data.d) * width, HEIGHT)
    pen.clip()
    pen.fillStyle = style.getPropertyValue("--kept")
    pen.fill(curve)
    pen.restore()
  }

  placeHandles() {
    const { d, draggable } = this.data
    const [start, stop] = this.span()
    const at = { start, stop, middle: (start + stop) / 2 }
    const said = { start: `direction ${start}`, stop: `direction ${stop - 1}`, middle: `directions ${start} to ${stop - 1}` }
    for (const [part, handle] of Object.entries(this.handles)) {
      handle.style.left = `${(100 * at[part]) / d}%`
      handle.hidden = !draggable
      handle.setAttribute("aria-valuemax", d)
      handle.setAttribute("aria-valuenow", Math.round(at[part]))
      handle.setAttribute("aria-valuetext", `${said[part]} of ${d}`)
    }
    this.plot.classList.toggle("draggable", draggable)
  }

  writeFacts() {
    const [start, stop] = this.span()
    const k = this.preview ? stop - start : this.data.k
    const share = ((100 * k) / this.data.d).toFixed(1)
    const where = this.preview || this.data.draggable ? `, directions ${start} to ${stop - 1}` : ", not contiguous"
    this.facts.textContent = `${k} of ${this.data.d} kept${where} · ${share} % · ${bytesPerMillion(k)} per million vectors`
  }

  remove() {
    this.resizer.disconnect()
    clearTimeout(this.pause)
    cancelAnimationFrame(this.frame)
  }
}

/** The singular values as a filled curve on a logarithmic axis; a pixel column shows the largest of its values. */
function spectrumPath(values, width) {
  const top = Math.log(values[0])
  const bottom = Math.log(Math.max(values[values.length - 1], values[0] * 1e-6)) - 0.15
  const path = new Path2D()
  path.moveTo(0, HEIGHT)
  for (let x = 0; x < width; x++) {
    const value = Math.max(values[Math.floor((x * values.length) / width)], values[0] * 1e-6)
    const y = HEIGHT - ((Math.log(value) - bottom) / (top - bottom)) * (HEIGHT - 6)
    path.lineTo(x, y)
    path.lineTo(x + 1, y)
  }
  path.lineTo(width, HEIGHT)
  path.closePath()
  return path
}
