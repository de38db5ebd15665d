type Customer = { readonly visits: number; readonly last_visit_days: number; readonly spend_eur: number };

// Any module with a default export that has `predict` is a model: one prediction for each row, in the order of the rows.
export default {
  predict(rows: readonly Customer[]) {
    return rows.map(({ visits, last_visit_days, spend_eur }) => {
      const churn = 1 / (1 + Math.exp(0.08 * visits + 0.002 * spend_eur - 0.03 * last_visit_days));
      return { churn, at_risk: churn > 0.5 };
    });
  },
};
