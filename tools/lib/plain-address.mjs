/** Addresses, comma separated, without users and passwords. */
export const plain = (addresses) => addresses.replaceAll(/(^|,|\/\/)[^/,@]*@/g, '$1').replace(/\?.*$/, '');
