(function () {
var N = "__NAME__", d = document, s = d.currentScript, u = s.src.replace(/\/f\/[^/]*$/, "/f/" + N);
function el(tag, props, kids) {
  var e = d.createElement(tag);
  for (var k in props) if (props[k] !== null) {
    if (k in e && k !== "list") e[k] = props[k]; else e.setAttribute(k, props[k]);
  }
  (kids || []).forEach(function (c) { c && e.append(c); });
  return e;
}
function tick(name, value, on, html, label, type, must) {
  var t = el("span");
  if (html !== null) t.innerHTML = html; else t.textContent = label;
  return el("label", {className: "sluice-tick"}, [
    el("input", {type: type, name: name, value: value, checked: on, required: must}), " ", t]);
}
function field(f) {
  var p = {name: f.name, required: f.required, placeholder: f.placeholder, maxLength: f.max_length,
    autocomplete: f.autocomplete}, c, many = f.type == "multi_select", stars = f.type == "rating";
  if (f.type == "checkbox") c = tick(f.name, "on", false, null, f.label, "checkbox", f.required);
  else if (many || stars) c = el("span", {}, f.choices.map(function (o) {
    return tick(f.name, o.value, false, null, o.label, stars ? "radio" : "checkbox", stars && f.required);
  }));
  else if (f.type == "select") c = el("select", {name: f.name, required: f.required},
    [el("option", {value: "", textContent: f.choose})].concat(f.choices.map(function (o) {
      return el("option", {value: o.value, textContent: o.label});
    })));
  else if (f.type == "textarea") c = el("textarea", p);
  else {
    c = el("input", Object.assign(p, {type: f.input, min: f.min, max: f.max}));
    if (f.type == "number") c.step = "any";
  }
  var label = f.label + (f.required ? " *" : "");
  var group = many || stars ? "fieldset" : f.type == "checkbox" ? "div" : "label";
  return row(f.name, el(group, {}, [f.type == "checkbox" ? null :
    el(group == "fieldset" ? "legend" : "span", {textContent: label}), c]), f.help);
}
function row(name, body, help) {
  return el("div", {className: "sluice-field"}, [body, help && el("small", {textContent: help}),
    el("p", {className: "sluice-error", "data-for": name, role: "alert"})]);
}
function show(box, c) {
  var trap = el("p", {"aria-hidden": "true"}, [el("label", {}, [c.trap_label,
    el("input", {name: c.trap, tabIndex: -1, autocomplete: "off"})])]);
  trap.style.cssText = "position:absolute;left:-9999px";
  var note = el("p", {className: "sluice-note", role: "alert"});
  var intro = el("p"), button = el("button", {textContent: c.submit});
  intro.innerHTML = c.intro;
  var f = el("form", {className: "sluice-form", noValidate: true}, [el("h2", {textContent: c.title}),
    intro, trap].concat(c.fields.map(field), c.consents.map(function (o) {
      return row(o.name, tick(o.name, "on", false, o.text, "", "checkbox", o.required));
    }), [c.captcha && el("div", {className: c.captcha.css, "data-sitekey": c.captcha.key}), note, button]));
  f.onsubmit = function (event) {
    event.preventDefault();
    var m = d.cookie.match(/(?:^|;\s)(?:sluice_id|ajs_anonymous_id)=([^;]+)/), data = {_token: c.token, _page: location.href,
      _title: d.title, _referrer: d.referrer, _anonymous_id: m ? decodeURIComponent(m[1]) : ""};
    new FormData(f).forEach(function (v, k) { (data[k] = data[k] || []).push(v); });
    button.disabled = true;
    fetch(u + "?lang=" + c.language, {method: "POST", credentials: "omit",
      headers: {"Content-Type": "application/json"}, body: JSON.stringify(data)}).then(function (r) {
      return r.json();
    }).then(function (a) {
      if (a.ok) {
        d.dispatchEvent(new CustomEvent("sluice:form", {detail: {form: N}}));
        if (a.redirect) location.href = a.redirect;
        else box.replaceChildren(el("h2", {textContent: a.title}), el("p", {textContent: a.text}));
        return;
      }
      c.token = a.token || c.token;
      note.textContent = a.message;
      f.querySelectorAll("[data-for]").forEach(function (p) {
        p.textContent = (a.errors || {})[p.getAttribute("data-for")] || "";
      });
      button.disabled = false;
    }).catch(function () { note.textContent = c.failed; button.disabled = false; });
  };
  box.replaceChildren(f);
  if (c.captcha) d.head.append(el("script", {src: c.captcha.script, async: true}));
}
function start() {
  d.querySelectorAll('[data-sluice-form="' + N + '"]').forEach(function (box) {
    if (box.sluice) return;
    box.sluice = 1;
    fetch(u + ".json?lang=" + (box.getAttribute("data-lang") || d.documentElement.lang), {credentials: "omit"})
      .then(function (r) { return r.json(); }).then(function (c) { if (c.fields) show(box, c); });
  });
}
if (d.readyState == "loading") d.addEventListener("DOMContentLoaded", start); else start();
})();
