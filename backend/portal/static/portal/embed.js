// A portal's page shows a button that opens the report form, and a badge with the number of what waits for its reader:
//   <script defer src="…/static/portal/embed.js"></script>
//   <allclear-report place="…"></allclear-report> <allclear-todo count="/address/on/the/portal"></allclear-todo>
// The number comes from the portal's own server: a page of another site is never told who is signed in here.
{
  const HOME = new URL("../../", document.currentScript.src);
  const EVERY_MS = 60_000;
  const WORDS = {
    en: { report: "Report something", todo: "Waiting for you", more: "more than 99" },
    zh: { report: "上报安全问题", todo: "待我处理", more: "99 件以上" },
  };
  const STYLE = new CSSStyleSheet();
  STYLE.replaceSync(`
    a { display: inline-flex; align-items: center; gap: .5em; min-height: 44px; padding: 0 1em; border-radius: 8px;
        font: inherit; font-weight: 600; text-decoration: none; background: #0b6657; color: #fff; box-sizing: border-box; }
    a.plain { background: none; color: inherit; padding: 0; }
    a:focus-visible { outline: 3px solid #f0b429; outline-offset: 2px; }
    b { min-width: 1.5em; padding: 0 .4em; border-radius: 1em; background: #b3261e; color: #fff; text-align: center; }
  `);

  class Link extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [STYLE];
      this.link = document.createElement("a");
      this.link.target = "_blank";
      this.link.rel = "noopener";
      this.link.textContent = this.getAttribute("label") || this.words[this.says];
      this.link.href = this.address;
      root.append(this.link);
    }

    get words() {
      const language = this.closest("[lang]")?.lang || navigator.language;
      return language.toLowerCase().startsWith("zh") ? WORDS.zh : WORDS.en;
    }
  }

  class Report extends Link {
    says = "report";

    get address() {
      const address = new URL("report", HOME);
      const place = this.getAttribute("place");
      if (place) address.searchParams.set("place", place);
      return address.href;
    }
  }

  class Todo extends Link {
    says = "todo";

    connectedCallback() {
      super.connectedCallback();
      this.link.classList.add("plain");
      this.look = () => document.visibilityState === "visible" && this.count();
      this.timer = setInterval(this.look, EVERY_MS);
      document.addEventListener("visibilitychange", this.look);
      this.look();
    }

    disconnectedCallback() {
      clearInterval(this.timer);
      document.removeEventListener("visibilitychange", this.look);
    }

    get address() {
      return HOME.href;
    }

    async count() {
      const source = this.getAttribute("count");
      if (!source) return;
      try {
        const answer = await fetch(source, { headers: { Accept: "application/json" } });
        this.show(answer.ok ? (await answer.json()).count : null);
      } catch {
        this.show(null); // An old number would be worse than none.
      }
    }

    show(count) {
      this.badge?.remove();
      if (!Number.isInteger(count) || count < 1) return;
      this.badge = document.createElement("b");
      this.badge.textContent = count > 99 ? "99+" : count;
      if (count > 99) this.badge.setAttribute("aria-label", this.words.more);
      this.link.append(this.badge);
    }
  }

  customElements.define("allclear-report", Report);
  customElements.define("allclear-todo", Todo);
}
