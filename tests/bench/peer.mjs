// Runs the workloads of tests/bench/evaluate.rs with @cloud-copilot/iam-simulate, for comparison in one run.
//
//   node tests/bench/peer.mjs          installs the package under target/peer, which is not a dependency of the project
//
// Prints one line a workload: nanoseconds a decision, and decisions a second.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'target', 'peer');
const home = join(folder, 'node_modules', '@cloud-copilot', 'iam-simulate');
if (!existsSync(home)) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '@cloud-copilot/iam-simulate'], { cwd: folder, stdio: 'inherit' });
}
const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
const peer = await import(pathToFileURL(join(home, 'dist', 'esm', 'index.js')).href);

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

async function measure(name, workload, rounds) {
  // the variant without validation is the faster one: that is what counts against us
  for (const [variant, run] of [['runUnsafeSimulation', peer.runUnsafeSimulation], ['runSimulation', peer.runSimulation]]) {
    let decision;
    try {
      for (let n = 0; n < rounds / 10; n++) decision = await run(workload, {});
      const start = process.hrtime.bigint();
      for (let n = 0; n < rounds; n++) await run(workload, {});
      const each = Number(process.hrtime.bigint() - start) / rounds;
      const said = JSON.stringify(decision).match(/"(?:Allowed|ExplicitlyDenied|ImplicitlyDenied)"/)?.[0];
      console.log(`${name.padEnd(6)} ${variant.padEnd(20)} ${Math.round(each).toLocaleString('en')} ns  ${Math.round(1e9 / each).toLocaleString('en')} /s  ${said}`);
    } catch (error) {
      console.log(`${name.padEnd(6)} ${variant.padEnd(20)} ${error.message}`);
    }
  }
}

console.log(`@cloud-copilot/iam-simulate ${manifest.version}, node ${process.version}`);
await measure('small', simulation(2, 3, 0), 2000);
await measure('large', simulation(20, 30, 5), 40);
