import type { Shape } from "./shape.ts";
import { broken, wrongType } from "./shape.ts";

export type TextLimits = {
  readonly min?: number;
  readonly max?: number;
  /** As the API model spells it; it has to match the whole text. */
  readonly pattern?: string;
};

export function text({ min = 0, max, pattern }: TextLimits = {}): Shape<string> {
  const whole = pattern === undefined ? null : new RegExp(`^(?:${pattern})$`, "u");
  return {
    read(value, at, problems) {
      if (typeof value !== "string") throw wrongType(value, "a String");
      if (whole?.test(value) === false) {
        problems.push(broken(value, at, `Member must satisfy regular expression pattern: ${pattern}`));
      }
      if (value.length < min) {
        problems.push(broken(value, at, `Member must have length greater than or equal to ${min}`));
      }
      if (max !== undefined && value.length > max) {
        problems.push(broken(value, at, `Member must have length less than or equal to ${max}`));
      }
      return value;
    },
  };
}

export function oneOf<const Choice extends string>(choices: readonly Choice[]): Shape<Choice> {
  return {
    read(value, at, problems) {
      if (typeof value !== "string") throw wrongType(value, "a String");
      const found = choices.find((choice) => choice === value);
      if (found === undefined) {
        problems.push(broken(value, at, `Member must satisfy enum value set: [${choices.join(", ")}]`));
      }
      return found ?? (value as Choice);
    },
  };
}

export function whole({ min, max }: { readonly min?: number; readonly max?: number } = {}): Shape<number> {
  return {
    read(value, at, problems) {
      if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(value, "an Integer");
      if (min !== undefined && value < min) {
        problems.push(broken(value, at, `Member must have value greater than or equal to ${min}`));
      }
      if (max !== undefined && value > max) {
        problems.push(broken(value, at, `Member must have value less than or equal to ${max}`));
      }
      return value;
    },
  };
}

export function flag(): Shape<boolean> {
  return {
    read(value) {
      if (typeof value !== "boolean") throw wrongType(value, "a Boolean");
      return value;
    },
  };
}

/** Seconds since 1970, the one way in which the AWS JSON protocols write a time. */
export function timestamp(): Shape<Date> {
  return {
    read(value) {
      const time = new Date(typeof value === "number" ? value * 1000 : Number.NaN);
      if (Number.isNaN(time.getTime())) throw wrongType(value, "a Timestamp");
      return time;
    },
  };
}
