/** What the tests do from within a page. Runs in the browser, in every page, before its own scripts. */
window.tools = {
  /** Asks, with the key where it is our own origin; what cannot be read is told as the name of the error. */
  async ask(address, options = {}) {
    const keyed = address.startsWith('/') ? { 'x-aios-key': localStorage.getItem('x-aios-key') ?? '' } : {}
    try {
      const answer = await fetch(address, { ...options, headers: { ...keyed, ...options.headers } })
      return `${answer.status} ${answer.type}`
    } catch (error) {
      return error.name
    }
  },

  /** Tries to open a WebSocket, and returns its first message. */
  openSocket(address, isKeyed) {
    const key = localStorage.getItem('x-aios-key') ?? ''
    return new Promise((resolve) => {
      const socket = new WebSocket(address, isKeyed ? ['aios.v1', `aios.key.${key}`] : [])
      socket.onmessage = ({ data }) => resolve(data)
      socket.onerror = () => resolve('refused')
    })
  },

  /** Puts a script, an image and a handler into the page, as text that was not escaped would. */
  async inject() {
    const blocked = []
    const told = Promise.withResolvers()
    document.addEventListener('securitypolicyviolation', (event) => {
      blocked.push(event.effectiveDirective)
      if (new Set(blocked).size === 3) told.resolve()
    })
    const script = document.createElement('script')
    script.textContent = 'window.owned = true'
    const image = document.createElement('img')
    image.src = 'https://evil.example/x.png'
    document.body.append(script, image)
    document.body.insertAdjacentHTML('beforeend', '<b onclick="window.owned = true">x</b>')
    document.querySelector('b').click()
    await told.promise
    return { blocked: [...new Set(blocked)], isOwned: 'owned' in window }
  },

  /** Puts an address into a frame, and says whether the page can look into it. */
  async frame(address) {
    const frame = document.createElement('iframe')
    const loaded = new Promise((resolve) => (frame.onload = resolve))
    frame.src = address
    document.body.append(frame)
    await loaded
    return frame.contentDocument === null ? 'shut' : 'open'
  },

  /** Sends a form to another site, its body made to look like JSON. */
  sendForm(address) {
    const form = document.createElement('form')
    form.method = 'post'
    form.enctype = 'text/plain'
    form.action = address
    form.innerHTML = `<input name='{"reason":"' value='"}'>`
    document.body.append(form)
    form.submit()
  },
}
