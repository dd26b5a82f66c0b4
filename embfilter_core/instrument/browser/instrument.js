import { bytesPerMillion, cosinesOf, directionAt, edgeAt, edgeOf, energyRemoved, keyStep, largest, logTicks, moved, nearestMeasured, partAt, shareOf, unpack, unpackMeasured, unpackNear, unpackTokens } from "./arithmetic.js"
import { previewLists, previewNeighbours } from "./preview.js"
import { drawSpectrum, plotPixels, plotShare } from "./spectrum_canvas.js"
import { fillTokenRows, frequentOf, makeTokenRows } from "./lists.js"
import { fillSlope, makeSlope } from "./slope.js"
import { fillRanking, makeRanking } from "./ranking.js"

const REACH_PX = 14
const REACH_OF_A_FINGER_PX = 22
const PAUSE_MS = 350
const LISTS = ["unfiltered", "removed", "kept"]
const instruments = new WeakMap()

/** Called by Streamlit, or by a page of its own, whenever the data changes; one instrument lives as long as its element. */
export default function mountInstrument(component) {
  const { parentElement, data: [data], setTriggerValue } = component
  if (!instruments.has(parentElement)) instruments.set(parentElement, new Instrument(parentElement))
  const instrument = instruments.get(parentElement)
  instrument.told = { data, say: setTriggerValue }
  instrument.receive()
  return () => {
    instrument.remove()
    instruments.delete(parentElement)
  }
}

class Instrument {
  constructor(root) {
    const find = (selector) => root.querySelector(selector)
    Object.assign(this, { root: find(".instrument"), plot: find(".plot"), canvas: find("canvas"), facts: find(".facts") })
    Object.assign(this, { direction: find(".direction"), lists: find(".lists"), near: find(".near"), table: find(".ranking") })
    Object.assign(this, { presets: find(".presets"), taus: find(".taus"), kept: find(".kept"), measured: find(".measured"), legend: find(".legend") })
    this.handles = Object.fromEntries([...root.querySelectorAll("[role=slider]")].map((it) => [it.dataset.part, it]))
    this.hold = null
    this.pointed = null
    this.frame = 0
    this.plot.onpointerdown = (event) => this.press(event)
    this.plot.onpointermove = (event) => (this.hold ? this.moveTo(event) : this.point(event))
    this.plot.onpointerup = (event) => this.release(event)
    this.plot.onpointercancel = () => this.undo()
    this.plot.onpointerleave = () => this.pointAt(null)
    for (const handle of Object.values(this.handles)) handle.onkeydown = (event) => this.key(event, handle.dataset.part)
    this.resizer = new ResizeObserver(() => this.data && this.draw())
    this.resizer.observe(this.plot)
    this.onData = () => this.told && this.data?.id !== this.told.data.id && this.receive()
    addEventListener("instrument-data", this.onData)
  }

  /** Takes over what was told, together with what a text needs: that comes by itself, maybe later (store.js). */
  receive() {
    const same = globalThis.embedFilterInstruments?.get(this.told.data.id)
    if (!same) return
    const data = { ...same, ...this.told.data }
    this.say = this.told.say
    if (data.id !== this.data?.id) this.take(data)
    this.data = data
    this.scores = data.measured && unpackMeasured(data.measured)
    this.root.dataset.front = data.front
    this.root.style.setProperty("--blue", data.blue)
    if (this.hold) return // a drag goes on; what it commits comes back here
    this.committed()
    this.draw()
  }

  /** What a text needs, unpacked once. */
  take(data) {
    this.tokens = data.tokens && unpackTokens(data.tokens, data.edges)
    this.texts = data.near && unpackNear(data.near, data.edges)
    this.energy = data.energy && { text: unpack(data.energy.text), corpus: data.energy.corpus && unpack(data.energy.corpus) }
    this.ends = data.ends && { ...data.ends, places: unpack(data.ends.places) }
    this.rows = Object.fromEntries([...this.lists.children].map((it) => this.makeList(it, data.top)))
    this.slope = makeSlope(this.near, data.nearest)
    this.ranked = makeRanking(this.table, data.nearest, (position) => this.say("query", position))
    this.unfilteredCosines = this.texts && cosinesOf(this.texts, [[0, data.edges.length - 1]])
    this.makeChoices(data)
    this.legend.querySelector("i").style.background = `linear-gradient(in oklab to right, ${data.scale.colours.join(", ")})`
  }

  /** A list of tokens and, above their ranks, the names of the other lists. */
  makeList(section, count) {
    const others = LISTS.filter((name) => name !== section.dataset.list)
    const heads = section.querySelectorAll("h2 small")
    others.forEach((name, i) => Object.assign(heads[i], { textContent: name, title: `Rank ${name}, among the whole vocabulary` }))
    return [section.dataset.list, makeTokenRows(section.querySelector("ol"), count, others)]
  }

  committed() {
    const { runs, draggable } = this.data.committed
    const bounds = draggable ? runs[0] : [0, this.data.d]
    this.band = bounds.map((direction) => edgeOf(direction, this.data.edges))
    if (this.band[0] === this.band[1]) this.band = moved(this.band, this.band[1] < this.last() ? "stop" : "start", 1, this.last())
    this.preview = false
  }

  last() {
    return this.data.edges.length - 1
  }

  // --- presets ------------------------------------------------------------------------------------------------

  makeChoices({ presets, taus }) {
    const button = (label, help, press) => {
      const made = document.createElement("button")
      made.type = "button"
      made.textContent = label
      made.title = help
      made.onclick = press
      return made
    }
    const choose = (choice) => this.say("preset", choice)
    this.presets.replaceChildren(...Object.entries(presets).map(([id, { keeps }]) => button(id, keeps, () => choose({ preset: id }))))
    this.taus.replaceChildren(...taus.map((tau) => button(`τ ${tau}`, `Keeps d / ${tau} directions`, () => choose({ ratio: tau }))))
  }

  markChoices() {
    const { preset, ratio } = this.data.committed
    const now = this.preview ? "custom" : preset
    for (const button of this.presets.children) button.setAttribute("aria-pressed", button.textContent === now)
    for (const button of this.taus.children) {
      button.setAttribute("aria-pressed", now !== "custom" && now !== "unfiltered" && button.textContent === `τ ${ratio}`)
      button.disabled = now === "custom" || now === "unfiltered"
    }
  }

  // --- the hand -----------------------------------------------------------------------------------------------

  bandShares() {
    const { edges } = this.data
    return this.preview ? this.band.map((edge) => edge / this.last()) : this.bounds().map((direction) => shareOf(direction, edges))
  }

  partUnder(event) {
    const reach = event.pointerType === "touch" ? REACH_OF_A_FINGER_PX : REACH_PX
    return partAt(plotShare(this.plot, event.clientX), ...this.bandShares(), reach / this.plot.clientWidth)
  }

  press(event) {
    if (!this.data.committed.draggable || event.button !== 0) return
    const part = this.partUnder(event)
    this.hold = { part, from: edgeAt(plotShare(this.plot, event.clientX), this.data.edges), band: this.band, preview: this.preview }
    this.plot.setPointerCapture(event.pointerId)
    this.handles[part].focus({ preventScroll: true })
    if (part !== "middle") this.moveTo(event)
    event.preventDefault()
  }

  moveTo(event) {
    const { part, from, band } = this.hold
    const edge = edgeAt(plotShare(this.plot, event.clientX), this.data.edges)
    const by = part === "middle" ? edge - from : edge - band[part === "start" ? 0 : 1]
    this.show(moved(band, part, by, this.last()))
  }

  release(event) {
    if (!this.hold) return
    this.moveTo(event)
    const { band, preview } = this.hold
    this.hold = null
    if (preview || this.band.some((edge, i) => edge !== band[i])) this.send()
    else this.undo()
  }

  /** Back to what is committed. */
  undo() {
    clearTimeout(this.pause)
    this.hold = null
    this.committed()
    this.draw()
  }

  key(event, part) {
    if (event.key === "Escape") return this.undo()
    if (!this.data.committed.draggable) return
    const step = keyStep(event, part, this.band, this.last())
    if (step === undefined) return
    event.preventDefault()
    this.show(moved(this.band, part, step, this.last()))
    clearTimeout(this.pause)
    this.pause = setTimeout(() => this.send(), PAUSE_MS) // several presses of a key are one change
  }

  show(band) {
    if (this.preview && band[0] === this.band[0] && band[1] === this.band[1]) return
    this.band = band
    this.preview = true
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => this.draw())
  }

  send() {
    this.say("band", this.bounds())
  }

  point(event) {
    if (!this.data) return
    this.plot.dataset.over = this.data.committed.draggable ? this.partUnder(event) : ""
    const share = plotShare(this.plot, event.clientX)
    this.pointAt(share < 0 ? null : directionAt(share, this.data.edges))
  }

  pointAt(direction) {
    if (direction === this.pointed) return
    this.pointed = direction
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => this.draw())
  }

  // --- the picture --------------------------------------------------------------------------------------------

  /** First kept direction and the one after the last. */
  bounds() {
    if (this.preview) return this.band.map((edge) => this.data.edges[edge])
    const { runs, draggable } = this.data.committed
    return draggable ? runs[0] : [0, this.data.d]
  }

  runs() {
    return this.preview ? [this.bounds()] : this.data.committed.runs
  }

  draw() {
    drawSpectrum(this.plot, this.canvas, this.data, this.runs(), this.pointed)
    this.placeHandles()
    this.markChoices()
    this.writeDirection()
    const lists = this.tokenLists()
    this.writeFacts()
    this.writeScore()
    this.lists.hidden = this.legend.hidden = !this.data.committed.lists
    if (lists) this.drawLists(lists)
    this.near.hidden = !this.texts || Boolean(this.texts.facts)
    this.table.hidden = !this.texts?.facts
    if (this.texts?.facts) fillRanking(this.ranked, this.rankedTexts())
    else if (this.texts) fillSlope(this.slope, ...this.neighbours())
  }

  tokenLists() {
    if (!this.data.committed.lists) return null
    if (!this.preview) return this.data.committed.lists
    return previewLists(this.tokens, [this.band], this.data.top)
  }

  drawLists(lists) {
    const longest = Math.max(...Object.values(lists).flatMap((tokens) => tokens.map(({ logit }) => logit)), 1e-9)
    for (const section of this.lists.children) {
      const name = section.dataset.list
      const tokens = lists[name]
      fillTokenRows(this.rows[name], tokens, longest, this.data.scale)
      section.querySelector("p").textContent = tokens.length
        ? `${frequentOf(tokens)} of ${tokens.length} among the ${this.data.frequentTokens} most frequent tokens`
        : "Nothing is removed"
    }
  }

  /** The nearest texts unfiltered and filtered; equal texts stand as one. */
  neighbours() {
    if (!this.preview) return [this.data.committed.near.unfiltered, this.data.committed.near.filtered]
    const near = previewNeighbours(this.texts, this.unfilteredCosines, [this.band], this.data.nearest)
    return [near.unfiltered, near.filtered]
  }

  /** The nearest texts, each with what it was unfiltered; one more than is shown, to compare the last with. */
  rankedTexts() {
    if (!this.preview) return this.data.committed.ranked
    const cosines = cosinesOf(this.texts, [this.band])
    const found = largest(cosines.length, (row) => cosines[row], this.data.nearest + 1)
    return found.map(([row, cosine]) => ({ text: this.texts.texts[row], cosine, ...this.texts.facts[row] }))
  }

  placeHandles() {
    const { d, committed } = this.data
    const [start, stop] = this.bounds()
    const shares = this.bandShares()
    const at = { start: shares[0], stop: shares[1], middle: (shares[0] + shares[1]) / 2 }
    const said = { start: `start ${start}`, stop: `stop ${stop}`, middle: `start ${start}, stop ${stop}` }
    const now = { start, stop, middle: Math.round((start + stop) / 2) }
    for (const [part, handle] of Object.entries(this.handles)) {
      handle.style.left = `${plotPixels(this.plot, at[part])}px`
      handle.hidden = !committed.draggable
      handle.setAttribute("aria-valuemax", d)
      handle.setAttribute("aria-valuenow", now[part])
      handle.setAttribute("aria-valuetext", `${said[part]} of ${d}`)
    }
    this.plot.classList.toggle("draggable", committed.draggable)
  }

  /** The direction under the pointer: its number, singular value, share of the energy, and the tokens at its ends. */
  writeDirection() {
    const i = this.pointed
    if (i === null) {
      const drag = this.data.committed.draggable ? "Drag the band, or point" : "Point"
      const arrows = this.data.committed.lists ? " Arrows tell a token's rank in the other lists." : ""
      this.direction.textContent = `${drag} at a direction to see what it says.${arrows}`
      return
    }
    const { places, tokens, count } = this.ends
    const end = (side) => Array.from(places.subarray((2 * i + side) * count, (2 * i + side + 1) * count), (place) => tokens[place]).join(" ")
    const share = (energies) => `${(100 * energies[i]).toFixed(1)}\u00a0%`
    const energies = this.energy ? ` · energy: ${share(this.energy.text)} of this text${this.energy.corpus ? `, ${share(this.energy.corpus)} of the corpus` : ""}` : ""
    this.direction.textContent = `Direction ${i} · singular value ${this.data.values[i]}${energies} · its ends: ${end(0)} ↔ ${end(1)}`
  }

  writeFacts() {
    const runs = this.runs()
    const k = runs.reduce((all, [start, stop]) => all + stop - start, 0)
    const [start, stop] = this.bounds()
    const where = runs.length === 1 ? `start ${start}, stop ${stop}` : "in several pieces"
    this.kept.textContent = `keeps ${k} of ${this.data.d}`
    const removed = this.energy ? `${(100 * energyRemoved(this.energy.text, runs)).toFixed(1)}\u00a0% of this text's energy is removed · ` : ""
    this.facts.textContent = `Kept: ${where} · ${removed}${bytesPerMillion(k)} per million vectors`
  }

  /** What was measured of the band under the hand, or of the measured band that is nearest to it. */
  writeScore() {
    this.measured.hidden = !this.scores || this.runs().length > 1
    if (this.measured.hidden) return
    const signed = (points) => `${Number(points.toFixed(1)) < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)}` // never −0.0
    const [start, stop] = this.bounds()
    const near = nearestMeasured(this.scores, [start, stop])
    const { called = "measured" } = this.data.measured // now; what was measured before is called stored
    const which = near.start === start && near.stop === stop ? called : `${called} at ${near.start}–${near.stop}`
    this.measured.textContent = `${which}: ${signed(near.gain)} (${signed(near.low)} to ${signed(near.high)}) points`
    this.measured.title = this.data.measured.what
  }

  remove() {
    removeEventListener("instrument-data", this.onData)
    this.resizer.disconnect()
    clearTimeout(this.pause)
    cancelAnimationFrame(this.frame)
  }
}
