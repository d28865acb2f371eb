// @ts-check
// The same addresses as in floor.c.

/** @param {number} service */
export const serviceName = (service) => `tcp://10.1.${service >> 8}.${service & 255}:80`;
/** @param {number} dest */
export const destName = (dest) => `10.2.${dest >> 8}.${dest & 255}`;
/** @param {number} index */
export const addressName = (index) => `10.3.${index >> 8}.${index & 255}/32`;
