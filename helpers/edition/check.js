"use strict";
// A printed percentage, in whole numbers only: so many units of one over `scale`.
function parse(printed) {
  const found = /^(\d+)(?:\.(\d+))?([%‰]?)$/.exec(printed.normalize("NFKC").replace(/\s/g, ""));
  if (!found) throw new Error("as printed a percentage such as 71.17% or 0.7‰");
  const [, whole, decimals = "", sign] = found;
  const scale = 10n ** BigInt(decimals.length + ({ "%": 2, "‰": 3 }[sign] ?? 0));
  return { size: BigInt(whole + decimals), scale, places: decimals.length, sign };
}
function count(text, name) {
  const digits = text.normalize("NFKC").replace(/[\s,]/g, "");
  if (digits && !/^\d+$/.test(digits)) throw new Error(`as ${name} a whole number such as 5,522`);
  return digits ? BigInt(digits) : null;
}
// part/whole in units of 1/scale by each rule, named as Python's decimal module names them.
function sizes(part, whole, scale) {
  const down = (part * scale) / whole, rest = 2n * ((part * scale) % whole), next = down + 1n;
  return {
    half_up: rest >= whole ? next : down,
    half_even: rest > whole || (rest === whole && down % 2n) ? next : down,
    half_down: rest > whole ? next : down, down, up: rest ? next : down,
  };
}
function show(size, { places, sign }) {
  const digits = size.toString().padStart(places + 1, "0"), point = digits.length - places;
  return digits.slice(0, point) + (places ? "." + digits.slice(point) : "") + sign;
}
const grouped = (number) => number.toString().replace(/\B(?=(\d{3})+$)/g, ",");
// Everything there is to say of a printed percentage, a part and a whole, each as a text.
function judge(printed, partText, wholeText) {
  const like = parse(printed), part = count(partText, "part"), whole = count(wholeText, "whole");
  if (whole === 0n) throw new Error("as whole a number above zero");
  const told = { verdict: "cannot be checked", rules: [], by: {} };
  if (whole) { // the parts from low to high print the same, rounded half up
    const above = (half) => (half * whole + 2n * like.scale - 1n) / (2n * like.scale);
    told.low = like.size ? above(2n * like.size - 1n) : 0n;
    told.high = above(2n * like.size + 1n) - 1n;
    told.fits = told.high < told.low ? 0n : told.high - told.low + 1n;
  }
  if (whole && part === null) { // a size that no part at all prints, by any rule: tried beside it
    const near = (like.size * whole) / like.scale;
    const prints = (size) => Object.values(sizes(size, whole, like.scale)).includes(like.size);
    if (!prints(near) && !prints(near + 1n)) told.verdict = "does not reproduce";
  }
  if (!whole || part === null) return told;
  const found = sizes(part, whole, like.scale), five = like.scale * 10n ** BigInt(5 - Math.min(5, like.places));
  told.exact = show(sizes(part, whole, five).half_up, { ...like, places: Math.max(5, like.places) });
  told.ends = (part * five) % whole === 0n;
  for (const rule in found) {
    told.by[rule] = show(found[rule], like);
    if (found[rule] === like.size) told.rules.push(rule);
  }
  told.verdict = told.rules[0] === "half_up" ? "reproduces"
    : told.rules.length ? "reproduces by another rule" : "does not reproduce";
  return told;
}
function answer(told, printed, part, whole) {
  const counts = part !== null && whole ? [`${grouped(part)} / ${grouped(whole)} ${told.ends ? "=" : "≈"} ${told.exact}, `
    + `which prints as ${told.by.half_up} (cut off: ${told.by.down}; rounded up: ${told.by.up}).`] : [];
  if (told.verdict === "reproduces by another rule") counts.push(`Rules that print ${printed}: ${told.rules.join(", ").replaceAll("_", " ")}.`);
  if (told.fits === undefined) return counts;
  const which = told.fits > 1n ? `: ${grouped(told.low)} to ${grouped(told.high)}` : told.fits ? `: ${grouped(told.low)}` : "";
  return [...counts, `Fits: ${grouped(told.fits)} whole number${told.fits === 1n ? "" : "s"} of ${grouped(whole)} would print ${printed}${which}.`];
}
if (typeof document !== "undefined") {
  const form = document.forms[0], fields = ["printed", "part", "whole"].map((name) => form.elements[name]);
  const told = document.querySelector("output"), lines = document.getElementById("arithmetic");
  const run = () => {
    const texts = fields.map((field) => field.value.trim());
    let verdict = "", said = [];
    try {
      const found = judge(...texts);
      [verdict, said] = [found.verdict, answer(found, texts[0], count(texts[1], "part"), count(texts[2], "whole"))];
    } catch (error) { said = [`Please give ${error.message}.`]; }
    for (const word of told.querySelectorAll("[data-verdict]")) word.hidden = word.dataset.verdict !== verdict;
    lines.replaceChildren(...said.flatMap((line) => [line, document.createElement("br")]));
    history.replaceState(null, "", "#" + texts.map(encodeURIComponent).join("/").replaceAll("%25", "%"));
  };
  const load = () => {
    const state = location.hash.slice(1).replace(/%(?![0-9a-f]{2})/gi, "%25").split("/");
    if (state.length === 3) fields.forEach((field, i) => { try { field.value = decodeURIComponent(state[i]); } catch { field.value = ""; } });
    run();
  };
  form.addEventListener("input", run);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", load);
  load();
}
