const policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self'",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
} as const;

/**
 * What a browser may do with the page: its own script, its own style, and the API beside it; nothing inline, nothing elsewhere, in nobody's frame.
 * @see https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP
 */
export const pageHeaders = {
  'content-security-policy': Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join('; '),
  'cache-control': 'no-cache', // asked for each time, and sent when it has changed
  vary: 'accept-encoding',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;
