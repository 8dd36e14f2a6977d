import { ACMClient } from "@aws-sdk/client-acm";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { answerAcm, certificateStatus } from "./acm/service.ts";
import { Controller } from "./autoscaling/controller.ts";
import { Hooks } from "./autoscaling/hooks.ts";
import { Launcher } from "./autoscaling/launcher.ts";
import { answerAutoScaling } from "./autoscaling/service.ts";
import { CallLog } from "./call-log.ts";
import { Clock } from "./clock.ts";
import { type Credentials, Keys } from "./door/keys.ts";
import { answerSts } from "./door/sts.ts";
import { MetricStore } from "./cloudwatch/metric-store.ts";
import { startCloudWatch } from "./cloudwatch/start.ts";
import { controlPaths } from "./control.ts";
import { dataPlane } from "./data-plane.ts";
import { MotoEc2 } from "./ec2/directory.ts";
import { NetworkAcls } from "./ec2/network-acls.ts";
import { metadataListener } from "./ec2/metadata-server.ts";
import { processes } from "./ec2/processes.ts";
import { Protection } from "./ec2/protection.ts";
import { TemplateLaunches } from "./ec2/run-instances.ts";
import { answerEc2 } from "./ec2/service.ts";
import { ServiceStore } from "./ec2/store.ts";
import { bucketPolicy } from "./elb/access-logs.ts";
import { Addresses } from "./elb/addresses.ts";
import { Certificates } from "./elb/certificates.ts";
import { ElbMetrics } from "./elb/metrics.ts";
import { ElbService } from "./elb/service.ts";
import { json, query } from "./exchange.ts";
import { FaultInjection } from "./fault-injection.ts";
import { HeldCalls } from "./held-calls.ts";
import { Front } from "./gateway.ts";
import { answerKms } from "./kms/service.ts";
import { machineRoom, type MachineOptions } from "./host.ts";
import { MetricFilters } from "./logs/metric-filters.ts";
import { answerLogs } from "./logs/service.ts";
import { startModelJudge } from "./models/judge.ts";
import { addresses as machineAddresses } from "@bluegreen/machines";
import { motoClient, startMoto } from "./moto.ts";
import { startSystemsManager } from "./ssm/start.ts";
import { alarmPublisher } from "./sns/alarm-publisher.ts";
import { answerSns } from "./sns/service.ts";

/** What a cloud is started with. */
export interface CloudOptions {
  /** How many AWS seconds pass in a real one. */
  timeScale: number;
  /** The Python executable of the virtual environment that holds moto. */
  motoPython: string;
  /** The one region that the cloud has. */
  region: string;
  /** Boots machines where an image is a root file system; undefined: each instance is a process. */
  machines?: MachineOptions;
}

/** What a client of the SDK is made with, so that it asks this cloud. */
export interface ClientOptions {
  /** `http://127.0.0.1:PORT`: all of AWS. */
  readonly endpoint: string;
  readonly region: string;
  /** Of this run alone: the cloud takes no others but those that it gives out itself. */
  readonly credentials: Credentials;
}

/** A cloud that runs in this process. */
export interface Cloud {
  readonly client: ClientOptions;
  /** File with the certificate of the authority that signs the certificates of ACM, while the cloud runs. */
  readonly certificateAuthority: string;
  /** With machines: the process whose network namespace is theirs. */
  readonly gateway?: number;
  /** With machines: the process of the services' backing store. */
  readonly backingStore?: number;
  /** Ends everything that it started: instances, proxies, moto. */
  stop(): Promise<void>;
}

/** Puts the local cloud together and starts it. */
export async function runCloud(options: CloudOptions, log: (line: string) => void): Promise<Cloud> {
  const { region } = options;
  const clock = new Clock(options.timeScale);
  const certificates = new Certificates();
  const [moto, addresses] = await Promise.all([
    startMoto(options.motoPython, (line) => log(`moto ${line}`), certificates.folder),
    Addresses.claim(),
  ]);
  const models = startModelJudge(options.motoPython, (line) => log(`models ${line}`));
  const client = { region, ...motoClient(moto.agent) };
  const ec2Client = new EC2Client(client);
  const [ec2, acls] = [new MotoEc2(ec2Client), new NetworkAcls(ec2Client)];
  const acm = new ACMClient(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const kms = new KMSClient(client);
  const serviceStore = new ServiceStore();
  let endpoint = "";
  const keys = new Keys();
  const aws = () => ({
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: keys.own.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.own.secretAccessKey,
  });
  const store = new MetricStore(clock);
  const filters = new MetricFilters(store);
  const asProcesses = processes({
    clock,
    log,
    aws,
    store: serviceStore.file,
    toLogGroup: (group, line) => filters.take(group, line),
  });
  const room = options.machines && (await machineRoom(options.machines, clock, asProcesses, log));
  const metrics = new ElbMetrics(store);
  const plane = dataPlane({
    clock,
    metrics,
    hardware: room?.hardware ?? asProcesses,
    acls,
    addresses,
    certificate: certificates.pem,
    log,
  });
  const { instances, targets, balancer } = plane;
  const elb = new ElbService({
    elb: new ElasticLoadBalancingV2Client(client),
    ec2,
    targets,
    balancer,
    addresses,
    certificateStatus: (arn) => certificateStatus(acm, arn),
    bucketPolicy: (bucket) => bucketPolicy(s3, bucket),
  });
  const cloudWatch = startCloudWatch({
    clock,
    store,
    region,
    publish: alarmPublisher({ sns: new SNSClient(client), kms }),
    onTick: () => metrics.countHosts(elb.topology, targets),
    log,
  });
  const logs = new CloudWatchLogsClient(client);
  const hasGroup = async (name: string): Promise<boolean> => {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
    return logGroups?.some(({ logGroupName }) => logGroupName === name) ?? false;
  };
  const hooks = new Hooks(clock);
  const launcher = new Launcher(ec2, instances, kms);
  const controller = new Controller({ clock, ec2, instances, targets, launcher, hooks, log });
  const protection = new Protection(ec2);
  const templateLaunches = new TemplateLaunches({ ec2, instances });
  const systemsManager = startSystemsManager({ clock, ec2, instances, client, log });
  const around = { ec2, region, topology: () => elb.topology };
  const faults = new FaultInjection();
  const heldCalls = new HeldCalls();
  const calls = new CallLog();
  const front = new Front({
    moto: moto.agent,
    keys,
    hosts: room && [machineAddresses.aws],
    region,
    services: {
      acm: json((call, passOn) => answerAcm(call, passOn, () => elb.refresh())),
      autoscaling: query((call) => answerAutoScaling(call, { clock, controller, hooks, targets, around })),
      elasticloadbalancing: query((call, passOn) => elb.answer(call, passOn)),
      ec2: query((call, passOn) =>
        answerEc2(call, passOn, { ec2, instances, targets, protection, acls, templateLaunches, roots: room }),
      ),
      ssm: json(systemsManager.answer),
      monitoring: json(cloudWatch.answer),
      kms: json(answerKms),
      logs: json((call, passOn) => answerLogs(call, passOn, { filters, hasGroup, kms, region })),
      sns: query(answerSns),
      sts: query((call, passOn) => answerSts(call, passOn, keys)),
    },
    judge: (request, onOperation) => models.judge(request, onOperation),
    control: controlPaths({
      elb,
      balancer,
      addresses,
      instances,
      faults,
      heldCalls,
      alarms: cloudWatch.alarms,
      cloudWatch,
      groups: controller.groups,
      calls,
    }),
    faults,
    heldCalls,
    calls,
    log,
  });
  endpoint = await front.listen();
  await room?.serve(
    metadataListener({ ec2, keys, region, hosts: [machineAddresses.metadata], log }),
    front.listener,
    endpoint,
  );
  return {
    client: { endpoint, region, credentials: keys.own },
    certificateAuthority: certificates.authority,
    gateway: room?.gateway,
    backingStore: room?.backingStore,
    async stop() {
      heldCalls.release();
      front.close();
      systemsManager.end();
      cloudWatch.end();
      controller.end();
      plane.end();
      serviceStore.remove();
      await room?.stop();
      addresses.close();
      await Promise.all([moto.stop(), models.stop()]);
      certificates.remove();
    },
  };
}
