// @segment/analytics-node as its documentation uses it. Arguments: address, write key, mark.
const { Analytics } = require('@segment/analytics-node')

const [host, writeKey, mark] = process.argv.slice(2)
const client = new Analytics({ writeKey, host, flushAt: 4, flushInterval: 50, maxRetries: 5 })
client.on('error', (error) => {
  console.error(error.code, String(error.reason))
  process.exitCode = 1
})
const userId = `user-${mark}`
client.identify({ userId, traits: { email: `${mark}@shop.example`, name: '王芳' } })
client.track({ userId, event: 'Order Completed', properties: { mark, total: 129.5 } })
client.page({ anonymousId: `cookie-${mark}`, name: 'Price', properties: { mark } })
client.group({ userId, groupId: `company-${mark}`, traits: { name: 'Acme' } })
client.alias({ userId, previousId: `cookie-${mark}` })
client.screen({ userId, name: 'Cart', properties: { mark } })
client.closeAndFlush({ timeout: 60000 })
