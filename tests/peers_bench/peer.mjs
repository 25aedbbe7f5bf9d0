// The record's list and the cast of a ballot on Fastify and pg: two workers, statements prepared by name, pages by ejs.
import cluster from 'node:cluster';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import formbody from '@fastify/formbody';
import ejs from 'ejs';
import Fastify from 'fastify';
import pg from 'pg';

const WORKERS = 2;
const AT_ONCE = 8;
const { PEER_PORT, PEER_DATABASE, PEER_SEALED, PEER_TEMPLATES } = process.env;

const statement = (name) => readFileSync(`${PEER_TEMPLATES}/${name}.sql`, 'utf8');
const page = (name) => ejs.compile(readFileSync(`${PEER_TEMPLATES}/${name}.ejs`, 'utf8'));

function serve() {
  const [session, entries, cast] = ['session', 'entries', 'cast'].map(statement);
  const [list, voted] = ['list', 'voted'].map(page);
  const pool = new pg.Pool({ connectionString: PEER_DATABASE, max: AT_ONCE });
  const app = Fastify();
  app.register(formbody);

  async function signedIn(request) {
    const token = /(?:^|; )lunzhi=([0-9a-f]{64})/.exec(request.headers.cookie ?? '')?.[1];
    if (!token) return undefined;
    const hash = createHash('sha256').update(token).digest();
    const { rows } = await pool.query({ name: 'session', text: session, values: [hash] });
    return rows[0];
  }

  app.get('/list', async (request, reply) => {
    const person = await signedIn(request);
    if (!person) return reply.code(401).send();
    const { rows } = await pool.query({ name: 'entries', text: entries, values: [person.institution_id] });
    return reply.type('text/html; charset=utf-8').send(list({ name: person.name, rows }));
  });

  app.post('/votes/:sitting/cast', async (request, reply) => {
    const person = await signedIn(request);
    if (!person) return reply.code(401).send();
    const choices = Object.entries(request.body);
    if (!choices.length || choices.some(([, choice]) => !['F', 'A', 'O'].includes(choice))) return reply.code(422).send();
    const values = [request.params.sitting, person.student_id, randomBytes(Number(PEER_SEALED)), randomBytes(32)];
    const { rowCount } = await pool.query({ name: 'cast', text: cast, values });
    if (rowCount !== 1) return reply.code(409).send();
    const receipt = randomBytes(8).toString('hex').match(/.{4}/g).join('-');
    return reply.type('text/html; charset=utf-8').send(voted({ name: person.name, receipt }));
  });

  app.listen({ host: '127.0.0.1', port: Number(PEER_PORT) });
}

if (cluster.isPrimary) {
  for (let worker = 0; worker < WORKERS; worker += 1) cluster.fork();
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill();
    process.exit(0);
  });
} else {
  serve();
}
