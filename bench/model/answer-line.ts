/** Steps of a prediction's probability, and a factor that scatters neighbouring ids; check-table.ts knows both. */
const STEPS = 1_000_000;
const SCATTER = 7919;
const ID = '"id":';

/**
 * The answer line to a request line of `{"instances":[{"id":7,…},…]}`: for each row a label and a probability that follow from its id, so that a
 * prediction of another row is detected. Ids are searched for in the text, which is ten times as fast as parsing it; a text that looks
 * like one cannot occur inside a JSON string, in which quotes are escaped.
 */
export function answerLine(request: string): string {
  const answers: string[] = [];
  for (let at = request.indexOf(ID); at !== -1; at = request.indexOf(ID, at)) {
    at += ID.length;
    answers.push(answer(Number.parseInt(request.slice(at, at + 16), 10)));
  }
  return `{"predictions":[${answers.join(",")}]}\n`;
}

function answer(id: number): string {
  const step = (id * SCATTER) % STEPS;
  return `{"label":${step < STEPS / 2 ? 0 : 1},"probability":0.${String(step).padStart(6, "0")}}`;
}
