/** Opens the embedded queue in a directory, and prints the most memory that the process had, in MB. */
import { createCancelService } from 'cancelkit';
import { createCancelQueue } from 'cancelkit/queue';
import { whmcs } from 'cancelkit/whmcs';

const [database = ''] = process.argv.slice(2);
const account = whmcs({ url: 'http://127.0.0.1:9', identifier: 'benchmark', secret: 'benchmark-secret' });
const queue = await createCancelQueue({ services: createCancelService({ account }), database });
await queue.stats();
console.log(process.resourceUsage().maxRSS / 1_024);
await queue.close();
