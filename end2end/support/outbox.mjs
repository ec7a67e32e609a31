/** The first group of a pattern in the newest mail to an address, from the demo's outbox, once it is there. */
export async function newestMail(origin, address, pattern) {
  for (const until = Date.now() + 5000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const html = await (await fetch(`${origin}/demo/outbox`)).text();
    const mail = html.split('<section>').find((section) => section.includes(`Aan ${address}`) && pattern.test(section));
    if (mail) return mail.match(pattern)[1];
  }
  throw new Error('no such mail within 5 s');
}
