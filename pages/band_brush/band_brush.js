import { bytesPerMillion, decodeFloats, keyStep, moved, nearestEdge, partAt, prefixSums, topNeighbours, topTokens } from "./arithmetic.js"
import { fillRanking, fillRows, makeRanking, makeRows } from "./rows.js"
import { drawSpectrum, placeHandles } from "./spectrum_canvas.js"

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
    this.lists = root.querySelector(".lists")
    this.textSection = root.querySelector(".near")
    this.ranking = root.querySelector(".ranking")
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
    if (!this.data) this.makeRows(data.listed)
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
    this.band = data.bounds.map((direction) => nearestEdge(direction / data.d, data.edges))
    if (this.band[0] === this.band[1]) this.band = moved(this.band, this.band[1] < data.blocks ? "stop" : "start", 1, data.blocks)
    this.preview = false
    this.draw()
  }

  makeRows(listed) {
    this.tokenRows = makeRows(this.lists.querySelector(".tokens"), listed.tokens)
    this.textRows = makeRows(this.lists.querySelector(".texts"), listed.texts)
    this.rankingRows = makeRanking(this.ranking, listed.ranked, (position) => this.say("query", position))
  }

  // --- the hand -----------------------------------------------------------------------------------------------

  share(event) {
    const box = this.plot.getBoundingClientRect()
    return (event.clientX - box.left) / box.width
  }

  press(event) {
    if (!this.data.draggable || event.button !== 0) return
    const [start, stop] = this.bounds().map((direction) => direction / this.data.d)
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
    const [start, stop] = this.bounds().map((direction) => direction / this.data.d)
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
  bounds() {
    return this.preview ? this.band.map((edge) => this.data.edges[edge]) : this.data.bounds
  }

  draw() {
    const { values, d, draggable, colours } = this.data
    const bounds = this.bounds()
    drawSpectrum(this.canvas, values, d, this.preview ? [bounds] : this.data.bands, colours)
    placeHandles(this.handles, bounds, d, draggable)
    this.plot.classList.toggle("draggable", draggable)
    this.writeFacts()
    this.lists.hidden = this.data.ranked
    this.ranking.hidden = !this.data.ranked
    if (this.data.ranked) fillRanking(this.rankingRows, this.rankedTexts())
    else this.drawLists()
  }

  drawLists() {
    const { data, band } = this
    const tokens = this.preview
      ? topTokens(this.tokens, data.blocks, ...band, data.listed.tokens).map(([i, logit]) => [this.tokens.texts[i], logit])
      : data.current.tokens
    fillRows(this.tokenRows, tokens, (logit) => logit.toFixed(2))
    this.textSection.hidden = !this.near
    if (!this.near) return
    const texts = this.preview
      ? topNeighbours(this.near, data.blocks, ...band, data.listed.texts).map(([i, cosine]) => [this.near.texts[i], cosine])
      : data.current.near
    fillRows(this.textRows, texts, (cosine) => cosine.toFixed(3))
  }

  /** The nearest texts, each with what it was before the filter; one more than is shown, to compare the last with. */
  rankedTexts() {
    if (!this.preview) return this.data.current.ranked
    const { texts, facts } = this.near
    const found = topNeighbours(this.near, this.data.blocks, ...this.band, this.data.listed.ranked + 1)
    return found.map(([i, cosine]) => ({ text: texts[i], cosine, ...facts[i] }))
  }

  writeFacts() {
    const [start, stop] = this.bounds()
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
