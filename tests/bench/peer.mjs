// Runs the workloads of tests/bench/evaluate.rs with @cloud-copilot/iam-simulate, for comparison in one run.
//
//   node tests/bench/peer.mjs                 installs the package under target/peer, which is not a dependency of the project
//   node tests/bench/peer.mjs --batch FILE    a file of cases of `iamdx simulate --batch`, one answer a line
//
// What is measured is its engine alone, `authorize` of core_engine, which is not exported: with its documents loaded before for a single
// decision, and with JSON.parse and loadPolicy for a batch. Its entry points validate and copy on top of that.
//
// Prints one line a workload: nanoseconds of CPU time a decision, and decisions a second.

import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'target', 'peer');
const home = join(folder, 'node_modules', '@cloud-copilot', 'iam-simulate');
if (!existsSync(home)) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '@cloud-copilot/iam-simulate'], { cwd: folder, stdio: 'inherit' });
}
const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));

function identity(policies, statements, conditions) {
  return Array.from({ length: policies }, (_, p) => ({
    name: `policy-${p}`,
    policy: {
      Version: '2012-10-17',
      Statement: Array.from({ length: statements }, (_, s) => ({
        Effect: 'Allow',
        Action: ['s3:Get*', 's3:List*'],
        Resource: [p === 0 && s + 1 === statements ? 'arn:aws:s3:::reports/*' : `arn:aws:s3:::bucket-${p}-${s}/*`, `arn:aws:s3:::shared-${s}`],
        ...(conditions && {
          Condition: {
            StringEquals: { 'aws:PrincipalTag/team': ['blue', `team-${s}`] },
            IpAddress: { 'aws:SourceIp': [`10.${s}.0.0/16`, '203.0.113.0/24'] },
          },
        }),
      })),
    },
  }));
}

function simulation(policies, statements, levels) {
  const level = [
    { name: 'FullAWSAccess', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
    {
      name: 'regions',
      policy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', NotAction: ['iam:*', 'sts:*'], Resource: '*', Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'us-east-1'] } } }],
      },
    },
  ];
  return {
    request: {
      principal: 'arn:aws:iam::111122223333:user/alice',
      action: 's3:GetObject',
      resource: { resource: 'arn:aws:s3:::reports/2026/q1.csv', accountId: '111122223333' },
      contextVariables: { 'aws:PrincipalTag/team': 'blue', 'aws:SourceIp': '203.0.113.7', 'aws:RequestedRegion': 'eu-west-1' },
    },
    identityPolicies: identity(policies, statements, levels > 0),
    serviceControlPolicies: Array.from({ length: levels }, (_, n) => ({ orgIdentifier: `level-${n}`, policies: level })),
    resourceControlPolicies: [],
  };
}

const inside = (...path) => import(pathToFileURL(join(home, 'dist', 'esm', ...path)).href);
const { authorize } = await inside('core_engine', 'CoreSimulatorEngine.js');
const { AwsRequestImpl } = await inside('request', 'request.js');
const { RequestContextImpl } = await inside('requestContext.js');
const { DiscoveryContextKeyConstraints } = await inside('context_keys', 'discoveryContextKeyConstraints.js');
const { loadPolicy } = await import(pathToFileURL(join(folder, 'node_modules', '@cloud-copilot', 'iam-policy', 'dist', 'esm', 'index.js')).href);
const constraints = new DiscoveryContextKeyConstraints([]);

const loaded = (policies) => policies.map(({ name, policy }) => loadPolicy(policy, { name }));

function decision({ principal, action, resource, contextVariables }, { identityPolicies, serviceControlPolicies }) {
  return authorize({
    request: new AwsRequestImpl(principal, resource, action, new RequestContextImpl(contextVariables)),
    identityPolicies,
    serviceControlPolicies,
    resourceControlPolicies: [],
    simulationParameters: { simulationMode: 'Strict', discoveryContextKeyConstraints: constraints },
    serviceSettings: { s3: {} },
  }).result;
}

function compiled({ identityPolicies, serviceControlPolicies }) {
  return {
    identityPolicies: loaded(identityPolicies),
    serviceControlPolicies: serviceControlPolicies.map(({ orgIdentifier, policies }) => ({ orgIdentifier, policies: loaded(policies) })),
  };
}

async function batch(path) {
  const one = (value) => (Array.isArray(value) && value.length === 1 ? value[0] : value);
  const named = ({ name, document }) => ({ name, policy: document });
  const lines = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { id, request, policies } = JSON.parse(line);
    const asked = {
      principal: request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.resource_account },
      contextVariables: Object.fromEntries(Object.entries(request.context).map(([key, value]) => [key, one(value)])),
    };
    const given = {
      identityPolicies: policies['identity-based'].map(named),
      serviceControlPolicies: policies['service-control'].map((level, n) => ({ orgIdentifier: `level-${n}`, policies: level.map(named) })),
    };
    lines.push(JSON.stringify({ id, decision: decision(asked, compiled(given)) }));
    if (lines.length === 1000) process.stdout.write(lines.splice(0).join('\n') + '\n');
  }
  process.stdout.write(lines.join('\n') + '\n');
}

function measure(name, workload, rounds) {
  const documents = compiled(workload);
  let result;
  for (let n = 0; n < rounds / 10; n++) result = decision(workload.request, documents);
  // CPU time: other work may run on the machine
  const start = process.cpuUsage();
  for (let n = 0; n < rounds; n++) decision(workload.request, documents);
  const { user, system } = process.cpuUsage(start);
  const each = ((user + system) * 1000) / rounds;
  const said = JSON.stringify(result).match(/"(?:Allowed|ExplicitlyDenied|ImplicitlyDenied)"/)?.[0];
  console.log(`${name.padEnd(6)} authorize  ${Math.round(each).toLocaleString('en')} ns  ${Math.round(1e9 / each).toLocaleString('en')} /s  ${said}`);
}

if (process.argv[2] === '--batch') {
  await batch(process.argv[3]);
} else {
  console.log(`@cloud-copilot/iam-simulate ${manifest.version}, node ${process.version}`);
  measure('small', simulation(2, 3, 0), 30000);
  measure('large', simulation(20, 30, 5), 300);
}
