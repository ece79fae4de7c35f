import { runProcess } from '@gts/nest';
import { readConfig } from './config';
import { startGateway } from './start';

void runProcess({ service: 'gateway', readConfig, start: startGateway });
