import { bundle } from './bundle.ts'
import { listen } from './listen.ts'

/** Serves the scripts of `pages/`, each with a page that runs it. */
export interface PageServer {
  readonly origin: string
  /**
   * Of the page that runs `pages/{name}.ts`, with parameters for it. The parameter `csp` becomes the
   * page's Content-Security-Policy.
   */
  url(name: string, params?: Readonly<Record<string, string>>): string
  close(): Promise<void>
}

/** Scripts are bundled when they are first asked for. */
export async function openPageServer(): Promise<PageServer> {
  const bundles = new Map<string, ReturnType<typeof bundle>>()
  const scriptOf = async (name: string): Promise<string | undefined> => {
    const file = `${name}.js`
    // A chunk is asked for by a script that was bundled before.
    for (const scripts of await Promise.all(bundles.values())) {
      const script = scripts.get(file)
      if (script !== undefined) return script
    }
    const bundled = bundle(name)
    bundles.set(name, bundled)
    return (await bundled).get(file)
  }
  const server = await listen((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page')
    const [, name, type] = /^\/([\w-]+)\.(html|js)$/.exec(pathname) ?? []
    if (name === undefined) {
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end()
    } else if (type === 'html') {
      const csp = searchParams.get('csp')
      if (csp !== null) response.setHeader('Content-Security-Policy', csp)
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      response.end(
        `<!doctype html><title>${name}</title><input type="file" multiple>` +
          `<script type="module" src="/${name}.js"></script>`,
      )
    } else {
      response.setHeader('Content-Type', 'text/javascript; charset=utf-8')
      scriptOf(name).then(
        (script) => response.end(script),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
    }
  })
  return {
    origin: server.origin,
    url: (name, params = {}) => `${server.origin}/${name}.html?${new URLSearchParams(params)}`,
    close: server.close,
  }
}
