import type { Container, CreateModelInput } from "../shapes/model.ts";

export type Model = {
  readonly name: string;
  readonly arn: string;
  readonly created: Date;
  readonly container: Container & { readonly Image: string };
  readonly input: CreateModelInput;
};
