// SPDX-License-Identifier: MIT
// All modules of the two FAPI 2.0 plans, by their whole ids.
import { dpop } from './fapi2_dpop.mjs';
import { par } from './fapi2_par.mjs';
import { requests } from './fapi2_requests.mjs';
import { tokens } from './fapi2_tokens.mjs';

const prefix = 'fapi2-security-profile-final-';

export const fapi2 = Object.fromEntries(Object.entries({ ...requests, ...tokens, ...par, ...dpop }).map(([id, module]) => [prefix + id, module]));
