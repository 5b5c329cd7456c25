import Type from 'typebox'

/** Settings of the listener on TCP. */
export const httpSettings = Type.Object(
  {
    enabled: Type.Boolean({
      default: true,
      description: 'Whether browsers and tools may ask over TCP, beside the socket.',
    }),
    address: Type.String({
      default: '127.0.0.1',
      minLength: 1,
      maxLength: 64,
      description:
        'The IP address to listen on. One that other machines reach needs a certificate, hosts and users.',
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: 0,
      description: '0 means that one is chosen, and kept from start to start while it is free.',
    }),
    hosts: Type.Array(Type.String({ maxLength: 260 }), {
      default: [],
      maxItems: 20,
      description: 'Further names under which the daemon is reached; what comes under any other is refused.',
    }),
    certificate: Type.String({
      default: '',
      maxLength: 4096,
      description: 'A file with certificates in PEM, for TLS.',
    }),
    privateKey: Type.String({
      default: '',
      maxLength: 4096,
      description: 'The file with the private key of the certificate.',
    }),
  },
  { additionalProperties: false },
)
