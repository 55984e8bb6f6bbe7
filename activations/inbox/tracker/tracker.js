// The script for sites (docs/tracking.md). It is served without comments and indentation, in at
// most 5,000 bytes, so each statement ends on its line with a semicolon and no text spans lines.
(() => {
  const doc = document;
  const place = location;
  const tag = doc.currentScript || doc.querySelector('script[data-key]');
  const options = tag.dataset;
  const base = tag.src.replace(/\/s\.js.*/, '');
  const early = (window.sluice || {}).q || [];
  const refuses = navigator.globalPrivacyControl || navigator.doNotTrack == 1;
  const strict = options.consent == 'required';
  let pending = [];
  let wait = 1e3;
  let before = doc.referrer;
  let here;
  let busy;
  let from;
  let since;
  let view;

  // What is kept on the device. A browser may refuse it.
  const local = (key, text) => {
    try {
      if (text === undefined) return localStorage['sluice_' + key];
      if (text === null) localStorage.removeItem('sluice_' + key);
      else localStorage['sluice_' + key] = text;
    } catch (e) {}
  };
  const consented = local('consent');
  let allowed = !refuses && (strict ? consented == 1 : consented != 0);
  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => (one + 256).toString(16).slice(1)).join('');
  const setCookie = (text, age) => {
    doc.cookie = `sluice_id=${text};path=/;max-age=${age};SameSite=Lax${place.protocol == 'https:' ? ';Secure' : ''}${options.domain ? ';domain=' + options.domain : ''}`;
  };
  const visitor = () => {
    const found = /(^|; )sluice_id=([\w-]{8,64})/.exec(doc.cookie);
    const known = found ? found[2] : newId();
    setCookie(known, 31536e3);
    return known;
  };

  // What no answer came for yet; what another tab put there stays.
  const read = () => {
    try {
      return JSON.parse(local('queue'));
    } catch (e) {
      return [];
    }
  };
  const save = (gone = []) => {
    const ids = [...gone, ...pending].map((one) => one.messageId);
    const all = [...read().filter((one) => !ids.includes(one.messageId)), ...pending].slice(-100);
    local('queue', all[0] ? JSON.stringify(all) : null);
  };
  const bodyOf = (batch) => JSON.stringify({ batch, writeKey: options.key, sentAt: new Date(), context: { userAgent: navigator.userAgent, locale: navigator.language, automated: navigator.webdriver } });
  const done = (sent) => {
    pending = pending.filter((one) => !sent.includes(one));
    save(sent);
  };
  const flush = () => {
    if (busy || !pending[0] || !allowed) return;
    busy = 1;
    const sent = pending.slice(0, 40);
    const body = bodyOf(sent);
    fetch(base + '/v1/batch', { method: 'POST', body, credentials: 'omit', keepalive: body.length < 3e4 }).then((answer) => answer.status < 500 && answer.status != 429, () => 0).then((kept) => {
      busy = 0;
      if (kept && allowed) done(sent);
      wait = kept ? 1e3 : Math.min(wait * 2, 6e4);
      setTimeout(flush, kept ? 0 : wait);
    });
  };

  const cleaned = (link) => link.split(/[?#]/)[0];
  const describe = () => {
    const found = { page: { url: cleaned(place.href), path: place.pathname, title: doc.title, referrer: cleaned(from) }, campaign: {}, clickIds: {} };
    new URLSearchParams(place.search).forEach((text, key) => {
      const [, utm, own] = /^(?:utm_(\w+)|(qr|ref))$/.exec(key) || [];
      if (utm) found.campaign[utm == 'campaign' ? 'name' : utm] = text;
      if (own) found[own] = text;
      if (/^([gw]?braid|(g|fb|ms|tt|tw|qh)cl(k?id|ickid)|bd_vid|gdt_vid)$/.test(key)) found.clickIds[key] = text;
    });
    return found;
  };
  const send = (type, more) => {
    if (!allowed) return;
    pending = [...pending, { type, messageId: newId(), anonymousId: visitor(), timestamp: new Date(), context: describe(), ...more }].slice(-100);
    save();
    setTimeout(flush);
  };
  const happen = (event, properties) => send('track', { event, properties });
  const look = (name, given) => {
    const more = { ...given };
    const [, engine] = /\/\/(?:[\w-]+\.)*(baidu|sogou|so|sm|google|bing)\.[a-z.]{2,6}(?:[/:?]|$)/.exec(from) || [];
    if (engine) {
      more.search_engine = engine;
      more.keyword = ['wd', 'word', 'q', 'query', 'keyword'].map((one) => new URL(from).searchParams.get(one)).find(Boolean);
    }
    view = describe();
    send('page', { name, properties: more, context: view });
  };

  // The seconds that the page was in sight since this was said last.
  const leave = () => {
    const seconds = since ? Math.round((Date.now() - since) / 1e3) : 0;
    since = 0;
    if (seconds) send('track', { event: 'Page Left', properties: { seconds }, context: view });
  };
  const arrive = () => {
    const address = place.pathname + place.search;
    if (here == address) return;
    if (here) leave();
    here = address;
    from = before;
    before = place.href;
    since = Date.now();
    look();
  };
  const hide = ({ type }) => {
    if (type != 'pagehide' && !doc.hidden) {
      since = since || Date.now();
      return;
    }
    leave();
    if (allowed && pending[0] && navigator.onLine && navigator.sendBeacon(base + '/v1/batch', bodyOf(pending))) done(pending);
  };

  const offer = (rule) => {
    const last = local('popup_' + rule.form);
    const matches = [].concat(rule.pages || '*').some((one) => RegExp(`^${one.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(place.pathname));
    if (!matches || Date.now() - last < (rule.once_days || 0) * 864e5) return;
    const show = () => {
      if (rule.shown) return;
      rule.shown = 1;
      if (allowed) local('popup_' + rule.form, Date.now());
      const script = doc.createElement('script');
      script.src = `${base}/f/${rule.form}.js`;
      script.dataset.popup = '';
      doc.head.append(script);
    };
    if (rule.scroll_percent) addEventListener('scroll', () => (scrollY + innerHeight) * 100 >= rule.scroll_percent * doc.documentElement.scrollHeight && show());
    if (rule.after_seconds != null || !rule.scroll_percent) setTimeout(show, (rule.after_seconds || 0) * 1e3);
  };
  const submitted = ({ target }) => {
    const fields = {};
    for (const { name, type, value, dataset, checked } of target.elements) if ('sluice' in dataset && (checked || !/passw|check|radio/.test(type))) fields[name] = value;
    happen('Form Submitted', { form: target.id || target.getAttribute('name'), fields });
  };

  const api = {
    track: happen,
    page: look,
    group: (groupId, traits) => send('group', { groupId, traits }),
    // Another person on the same device gets another cookie.
    identify: (userId, traits) => {
      if (!allowed) return;
      if (userId) {
        const mark = [...('' + userId)].reduce((sum, one) => (sum * 31 + one.codePointAt()) | 0, 7);
        if (local('user') && local('user') != mark) api.reset();
        local('user', mark);
      }
      send('identify', { userId, traits });
    },
    reset: () => {
      local('user', null);
      setCookie('', 0);
    },
    consent: (given) => {
      if (refuses) return;
      const was = allowed;
      allowed = !!given;
      if (allowed && !was) {
        here = '';
        before = from || before;
        arrive();
      }
      if (!allowed) {
        pending = [];
        api.reset();
        Object.keys(localStorage).forEach((one) => one.startsWith('sluice_') && local(one.slice(7), null));
      }
      local('consent', given ? 1 : strict ? null : 0);
    },
  };
  window.sluice = (name, ...rest) => (api[name] || Boolean)(...rest);
  if (refuses) return;
  pending = allowed ? read() : [];
  for (const name of ['pushState', 'replaceState']) {
    const own = history[name];
    history[name] = function () {
      own.apply(this, arguments);
      arrive();
    };
  }
  addEventListener('popstate', arrive);
  addEventListener('pagehide', hide);
  addEventListener('online', flush);
  doc.addEventListener('visibilitychange', hide);
  doc.addEventListener('submit', submitted, true);
  const [first] = early.filter((call) => call[0] == 'consent');
  if (first) api.consent(first[1]);
  arrive();
  early.forEach((call) => call != first && sluice(...call));
  if (options.popups != 'off') fetch(base + '/f/popups.json', { credentials: 'omit' }).then((answer) => answer.json()).then((found) => found.popups.forEach(offer), () => 0);
})();
