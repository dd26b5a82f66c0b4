// A page of its own around the instrument: texts, backbones and kept directions are switched by the browser alone.
// What can be pressed was computed by the library; of a band that is dragged the arithmetic of the instrument tells.

const CUSTOM = "custom"
const byId = (id) => document.getElementById(id)

async function unpackedData() {
  const bytes = unpack(`u1:${byId("data").textContent}`)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))
  return JSON.parse(await new Response(stream).text())
}

class Handout {
  constructor(data) {
    this.data = data
    this.at = { text: 0, backbone: 0, score: 0 }
    this.choice = { ...this.part.first }
    this.unpacked = new Map()
    this.fill("text", data.names)
    this.fill("backbone", data.parts.map(({ name }) => name))
    this.takeAddress()
    addEventListener("hashchange", () => this.takeAddress())
  }

  get part() {
    return this.data.parts[this.at.backbone]
  }

  get view() {
    return this.part.views[this.at.text]
  }

  /** A list to choose from; where there is one entry, nothing is to be chosen. */
  fill(name, entries) {
    const list = byId(name)
    list.replaceChildren(...entries.map((entry, value) => new Option(entry, value)))
    list.parentElement.hidden = entries.length < 2
    list.onchange = () => this.switchTo({ [name]: Number(list.value) })
  }

  switchTo(at) {
    Object.assign(this.at, at)
    if ("backbone" in at) this.at.score = 0
    this.draw()
  }

  /** Called by the instrument: a band that is let go, a preset or a ratio that is pressed. */
  take(what, said) {
    if (what === "band") this.choice = { preset: CUSTOM, ratio: this.choice.ratio, band: said }
    else if (what === "preset") this.choice = { preset: this.choice.preset, ratio: this.choice.ratio, ...said }
    else return
    this.draw()
  }

  draw() {
    const committed = this.committed()
    const { same, scores } = this.part
    const score = scores[this.at.score]
    const id = `${this.at.backbone} ${this.at.text}`
    globalThis.embedFilterInstruments = new Map([[id, { ...this.view, ...same, id }]])
    const shown = { ...this.data.look, id, front: "lists", committed, measured: score?.bands, decided: score?.decided }
    const say = (what, said) => this.take(what, said)
    mountInstrument({ parentElement: byId("instrument").shadowRoot, data: [shown], setTriggerValue: say })
    this.fill("score", scores.map(({ name }) => name))
    for (const [name, place] of Object.entries(this.at)) byId(name).value = place
    byId("shown").textContent = this.data.texts[this.at.text]
    byId("notice").textContent = committed.notice ?? ""
    byId("told").textContent = score?.told ?? ""
    this.writeAddress()
  }

  /** What is shown of the directions that are kept: as the library computed it, or by the arithmetic. */
  committed() {
    const { preset, ratio, band } = this.choice
    const edges = band && this.edgesOf(band)
    if (preset === CUSTOM && edges) return this.ofBand(band, edges, ratio)
    const found = this.view.chosen[`${preset} ${ratio}`]
    if (found) return found
    this.choice = { ...this.part.first } // a band of another backbone, or a wrong address
    return this.view.chosen[`${this.choice.preset} ${this.choice.ratio}`] ?? this.view.chosen[CUSTOM]
  }

  /** The edges of the grid at both ends of a band; nothing where an end lies between two of them. */
  edgesOf(band) {
    const edges = band.map((direction) => this.part.same.edges.indexOf(direction))
    return edges.includes(-1) || edges[0] >= edges[1] ? null : edges
  }

  ofBand(band, edges, ratio) {
    const { tokens, near, unfiltered } = this.numbers()
    const { top, nearest } = this.data.look
    return {
      preset: CUSTOM,
      ratio,
      k: band[1] - band[0],
      runs: [band],
      draggable: true,
      lists: previewLists(tokens, [edges], top),
      near: near && previewNeighbours(near, unfiltered, [edges], nearest),
    }
  }

  /** The numbers of the view, unpacked once. */
  numbers() {
    if (!this.unpacked.has(this.view)) {
      const { edges } = this.part.same
      const near = this.view.near && unpackNear(this.view.near, edges)
      const unfiltered = near && cosinesOf(near, [[0, edges.length - 1]])
      this.unpacked.set(this.view, { tokens: unpackTokens(this.view.tokens, edges), near, unfiltered })
    }
    return this.unpacked.get(this.view)
  }

  /** What is shown stands behind the # of the address, so that a link opens it again. */
  writeAddress() {
    const { preset, ratio, band } = this.choice
    const { preset: usual, ratio: usualRatio } = this.part.first
    const said = new URLSearchParams()
    for (const [name, place] of Object.entries(this.at)) if (place) said.set(name, place + 1)
    if (preset !== usual || ratio !== usualRatio) said.set("keep", band ? band.join("-") : `${preset}-${ratio}`)
    else if (band) said.set("keep", band.join("-"))
    history.replaceState(null, "", `#${said}`)
  }

  takeAddress() {
    const said = new URLSearchParams(location.hash.slice(1))
    const counts = { backbone: this.data.parts.length, text: this.data.texts.length }
    for (const name of ["backbone", "text"]) this.at[name] = placeIn(said.get(name), counts[name])
    this.at.score = placeIn(said.get("score"), this.part.scores.length)
    const [first, second] = (said.get("keep") ?? "").split("-")
    const ends = [first, second].map(Number)
    if (ends.every(Number.isInteger)) this.choice = { preset: CUSTOM, ratio: this.part.first.ratio, band: ends }
    else if (second) this.choice = { preset: first, ratio: Number(second) }
    else this.choice = { ...this.part.first }
    this.draw()
  }
}

/** A place from 1 as an address says it, from 0; the first where it says something else. */
function placeIn(said, count) {
  const place = Number(said) - 1
  return Number.isInteger(place) && place >= 0 && place < count ? place : 0
}

try {
  new Handout(await unpackedData())
} catch (problem) {
  byId("trouble").textContent = `This browser cannot draw the instrument (${problem.message}): it needs Chrome 111, Firefox 123, Safari 16.4 or later.`
  byId("trouble").hidden = false
  byId("instrument").hidden = true
}
