import { runProcess } from '@gts/nest';
import { readConfig, settings } from './config';
import { startGateway } from './start';

void runProcess({ service: 'gateway', settings, readConfig, start: startGateway });
