// SPDX-License-Identifier: MIT
// The other side of cross_check_test.cpp, on npm `graphql`. Reads from the file named on the command line
//   {"sdl": …, "root": the operations' fields, "cases": [{"query", "variables"}]}
// and prints what it makes of each: {"cases": [{"parsed", "problems", "response"}]}.
import { readFileSync } from 'node:fs';
import { buildSchema, executeSync, parse, validate } from 'graphql';

const { sdl, root, cases } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const schema = buildSchema(sdl);

function judge({ query, variables }) {
    let document;
    try {
        document = parse(query);
    } catch (error) {
        return { parsed: false, problems: [error.message], response: null };
    }
    const problems = validate(schema, document).map((error) => error.message);
    if (problems.length > 0) return { parsed: true, problems, response: null };
    const { data, errors = [] } = executeSync({ schema, document, rootValue: root, variableValues: variables });
    return {
        parsed: true,
        problems,
        response: {
            data: data === undefined ? 'no data' : JSON.stringify(data),
            errors: errors.map(({ path, locations }) => ({ path: path ?? [], locations: path ? locations : [] })),
        },
    };
}

console.log(JSON.stringify({ cases: cases.map(judge) }));
