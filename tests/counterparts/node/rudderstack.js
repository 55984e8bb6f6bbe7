// @rudderstack/rudder-sdk-node as its documentation uses it. Arguments: address, write key, mark,
// and `plain` for bodies that are not packed.
const RudderAnalytics = require('@rudderstack/rudder-sdk-node')

const [dataPlaneUrl, writeKey, mark, coding] = process.argv.slice(2)
const options = { dataPlaneUrl, flushAt: 4, flushInterval: 50, gzip: coding !== 'plain' }
const client = new RudderAnalytics(writeKey, { ...options, axiosRetryConfig: { retries: 5 } })
const userId = `user-${mark}`
const failed = (error) => {
  if (!error) return
  console.error(String(error))
  process.exitCode = 1
}
client.identify({ userId, traits: { email: `${mark}@shop.example`, name: '王芳' } }, failed)
client.track({ userId, event: 'Order Completed', properties: { mark, total: 129.5 } }, failed)
client.page({ anonymousId: `cookie-${mark}`, name: 'Price', properties: { mark } }, failed)
client.group({ userId, groupId: `company-${mark}`, traits: { name: 'Acme' } }, failed)
client.alias({ userId, previousId: `cookie-${mark}` }, failed)
client.screen({ userId, name: 'Cart', properties: { mark } }, failed)
client.flush().catch(failed)
