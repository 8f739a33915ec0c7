/**
 * Under MSW, a copy of headers that `Response.json` or a Response made of another has is not complete;
 * what is read out of them one by one is.
 */
export function copyHeaders(headers: Headers): Headers {
  return new Headers([...headers])
}
