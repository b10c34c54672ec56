"""The cart of a small shop as a programmer of each language writes it."""

NODE_CART = """'use strict';

const { rateOf } = require('./money');

class Cart {
  constructor(rows) {
    this.rows = rows;
  }

  async total(currency) {
    return this.rows
      .map((row) => row.amount * rateOf(row, currency))
      .reduce((sum, part) => sum + part, 0);
  }
}

module.exports = { Cart };
"""
NODE_MONEY = """'use strict';

const rates = { EUR: { USD: 1.1 } };

function rateOf(row, currency) {
  return rates[row.currency][currency];
}

module.exports = { rateOf };
"""
JAVA = """package com.shop;

import java.util.List;

public class Cart {
    private final List<Row> rows;

    public Cart(List<Row> rows) {
        this.rows = rows;
    }

    public int total() {
        return rows.stream().mapToInt(row -> row.price()).sum();
    }

    static class Row {
        private final Integer amount;

        Row(Integer amount) {
            this.amount = amount;
        }

        int price() {
            return amount * 2;
        }
    }

    public static void main(String[] args) {
        try {
            new Cart(List.of(new Row(1), new Row(null))).total();
        } catch (NullPointerException cause) {
            throw new IllegalStateException("no total", cause);
        }
    }
}
"""
KOTLIN = """package com.shop

data class Row(val amount: Int?)

class Cart(private val rows: List<Row>) {
    fun total(): Int {
        return rows.sumOf { row ->
            row.amount!! * 2
        }
    }
}

fun priceOf(row: Row): Int = checkNotNull(row.amount)
"""
GO = """package cart

type Row struct{ Amount *int }

type Cart struct{ rows []Row }

func (c *Cart) Total() int {
	sum := 0
	each(c.rows, func(row Row) {
		sum += *row.Amount
	})
	return sum
}

func each(rows []Row, do func(Row)) {
	for _, row := range rows {
		do(row)
	}
}
"""
RUBY = """module Shop
  class Cart
    def total
      rows.sum do |row|
        row.fetch(:amount) * 2
      end
    end

    def self.load(id)
      new(id)
    end
  end
end
"""
PHP = """<?php

namespace Shop\\Pricing;

class Cart
{
    public function total(array $rows): int
    {
        return array_sum(array_map(function ($row) {
            return $row->amount() * 2;
        }, $rows));
    }
}
"""
C_SHARP = """using System;

namespace Shop.Pricing
{
    public class Cart
    {
        public async Task<int> Total(List<Row> rows)
        {
            await Task.Yield();
            return rows.Sum(row => row.Amount.Value);
        }
    }
}
"""
RUST = """pub struct Cart {
    rows: Vec<Option<i32>>,
}

impl Cart {
    pub fn total(&self) -> i32 {
        self.rows
            .iter()
            .map(|row| row.unwrap())
            .sum()
    }
}
"""
CPP = """#include "cart.h"

namespace shop {

int Cart::total(const std::vector<Row> &rows) {
  int sum = 0;
  for (const auto &row : rows) {
    sum += *row.amount;
  }
  return sum;
}

}  // namespace shop
"""
TSX = """import { rateOf } from './money';

export const Cart = ({ rows }: Props) => {
  const total = rows.reduce(
    (sum, row) => sum + row.amount.value,
    0,
  );
  return <b>{total}</b>;
};
"""
PYTHON = """class Cart:
    def total(self):
        def price(row):
            return row["amount"] * 2

        return sum(price(row) for row in self.rows)
"""
